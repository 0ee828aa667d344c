import type { AccessGraph, GraphEdge } from './access-graph.js'

/**
 * Writes a graph as a Mermaid flowchart, in which every character of a label that Mermaid, Markdown
 * or HTML could take for something is an entity of its own.
 */
export function mermaid({ callers, workloads, edges }: AccessGraph): string {
  const lines = [
    'flowchart LR',
    ...callers.map(({ id, name, roles }) => `  ${id}["${label([...roles, name])}"]`),
    ...workloads.map(({ id, name }) => `  ${id}[["${label([name])}"]]`),
    ...edges.map(edge => {
      const arrow = edge.action === 'ALLOW' ? '-->' : '--x'
      return `  ${edge.caller} ${arrow}|"${label(edgeLines(edge))}"| ${edge.workload}`
    }),
    ...edges.flatMap(({ action }, index) =>
      action === 'DENY' ? `  linkStyle ${index} stroke:#c0392b,stroke-dasharray:4` : [],
    ),
  ]
  return `${lines.join('\n')}\n`
}

function edgeLines({ action, operation, by }: GraphEdge): readonly string[] {
  return [`${action} ${operation}`, by.rule ?? 'no policy']
}

function label(lines: readonly string[]): string {
  return lines.map(escaped).join('<br/>')
}

function escaped(text: string): string {
  return [...text]
    .map(character => {
      return /[A-Za-z0-9 /,=()-]/.test(character) ? character : `#${character.codePointAt(0)};`
    })
    .join('')
}
