import type { AccessGraph, GraphCaller, GraphEdge, GraphWorkload } from '../envoyfilters/index.js'
import type { Colours } from './colours.js'

/** The width that a drawing has at most, in columns. */
const width = 100

/** Draws who may call whom for people: each workload with its callers, and what each may do. */
export function renderGraph(graph: AccessGraph, colours: Colours): string {
  const { workloads, edges } = graph
  const blocks = workloads.map(workload => renderWorkload(workload, graph, colours))
  const allow = edges.filter(({ action }) => action === 'ALLOW').length
  const sum = `${colours.green('──▶')} may call: ${allow}   ${colours.red('──✕')} denied by a rule: ${edges.length - allow}\n`
  return [...blocks, sum].join('\n')
}

function renderWorkload(
  workload: GraphWorkload,
  { callers, edges }: AccessGraph,
  colours: Colours,
): string {
  const calling = callers
    .map(caller => ({
      caller,
      own: edges.filter(edge => edge.caller === caller.id && edge.workload === workload.id),
    }))
    .filter(({ own }) => own.length > 0)
  const head = wrap(workload.name, width).map(line => colours.bold(line))
  const body = calling.flatMap(({ caller, own }, index) => {
    return renderCaller(caller, own, index === calling.length - 1, colours)
  })
  const none = colours.dim('└── nobody may call it')
  return `${[...head, ...(calling.length === 0 ? [none] : body)].join('\n')}\n`
}

function renderCaller(
  { name, roles }: GraphCaller,
  edges: readonly GraphEdge[],
  last: boolean,
  colours: Colours,
): readonly string[] {
  const rail = colours.dim(last ? ' ' : '│')
  const title = wrap([...roles, name].join('  '), width - 4)
  return [
    colours.dim('│'),
    ...title.map((line, index) =>
      index === 0 ? `${colours.dim(last ? '└── ' : '├── ')}${line}` : `${rail}   ${line}`,
    ),
    ...edges.flatMap(edge => renderEdge(edge, colours).map(line => `${rail}   ${line}`)),
  ]
}

function renderEdge({ action, operation, by }: GraphEdge, colours: Colours): readonly string[] {
  const arrow = action === 'ALLOW' ? colours.green('──▶ ') : colours.red('──✕ ')
  const operations = wrap(operation, width - 8)
  const rule = wrap(by.rule ?? 'no policy: service.whenNoPolicy is allow', width - 8)
  return [
    ...operations.map((line, index) => `${index === 0 ? arrow : '    '}${line}`),
    ...rule.map(line => `    ${colours.dim(line)}`),
  ]
}

/** Breaks a text at spaces, and a word that is longer than a line anywhere. */
function wrap(text: string, columns: number): readonly string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(/(?<= )/)) {
    if (line.length + word.trimEnd().length <= columns) {
      line += word
      continue
    }
    if (line !== '') lines.push(line.trimEnd())
    line = word
    while (line.trimEnd().length > columns) {
      lines.push(line.slice(0, columns))
      line = line.slice(columns)
    }
  }
  return [...lines, line.trimEnd()]
}
