import type { CallerChange, Comparison, DecidedBy, OperationChange } from '../policy/index.js'
import type { Colours } from './colours.js'

/** A setting that decides too and differs between the sides. */
export interface SettingChange {
  readonly setting: string
  readonly before: string
  readonly after: string
}

/** Renders for people who gains (`+`) and loses (`-`) what, by workload and caller. */
export function renderComparison(
  { workloads, decided }: Comparison,
  settings: readonly SettingChange[],
  colours: Colours,
): string {
  const width = Math.max(0, ...settings.map(({ setting }) => setting.length))
  const changed = settings.map(({ setting, before, after }) => {
    return `${setting.padEnd(width)}  ${before || 'none'} -> ${after || 'none'}\n`
  })
  const blocks = workloads.map(({ workloads: names, callers }) => {
    const head = names.map(name => colours.bold(`workload ${name}`)).join('\n')
    return `${head}\n${callers.map(caller => renderCaller(caller, colours)).join('')}`
  })
  const sum =
    workloads.length === 0
      ? `${colours.green('no difference')}: nobody gains or loses an operation\n`
      : `${count(workloads.flatMap(({ callers }) => callers))}\n`
  const effort = colours.dim(
    decided === 0
      ? 'both sides say the same of every workload\n'
      : `${decided} ${decided === 1 ? 'kind' : 'kinds'} of requests decided by both sides\n`,
  )
  return [...changed, ...(changed.length > 0 ? ['\n'] : []), blocks.join('\n')]
    .concat(blocks.length > 0 ? '\n' : '', sum, effort)
    .join('')
}

/** The same as data, for programs: an entry for each caller. */
export function comparisonJson(
  { workloads, decided, leftOut }: Comparison,
  settings: readonly SettingChange[],
): object {
  return {
    different: workloads.length > 0,
    settings,
    workloads: workloads.map(({ workloads: names, callers }) => ({
      workloads: names,
      callers: callers.flatMap(({ callers: alike, gained, lost }) => {
        return alike.map(caller => ({ caller, gained, lost }))
      }),
    })),
    decided,
    leftOut,
  }
}

function renderCaller({ callers, gained, lost }: CallerChange, colours: Colours): string {
  const lines = [
    ...callers.map(caller => `  ${caller}`),
    ...lost.flatMap(change => renderChange('-', change, colours.red, colours)),
    ...gained.flatMap(change => renderChange('+', change, colours.green, colours)),
  ]
  return `${lines.join('\n')}\n`
}

function renderChange(
  sign: '+' | '-',
  { operation, before, after }: OperationChange,
  paint: (text: string) => string,
  colours: Colours,
): readonly string[] {
  return [
    `    ${paint(`${sign} ${operation}`)}`,
    colours.dim(`        ${decidedByText(before)} -> ${decidedByText(after)}`),
  ]
}

/** Says who decided how, in a few words. */
export function decidedByText({ verdict, reason, rule }: DecidedBy): string {
  const done = verdict === 'allow' ? 'allowed' : 'denied'
  if (rule !== undefined) return `${done} by ${rule}`
  return reason === 'no-policy' ? `${done}: no policy` : `${done}: no rule matched`
}

function count(callers: readonly CallerChange[]): string {
  const gaining = callers.filter(({ gained }) => gained.length > 0)
  const losing = callers.filter(({ lost }) => lost.length > 0)
  const number = (changes: readonly CallerChange[]) => {
    return new Set(changes.flatMap(change => change.callers)).size
  }
  const counted = (amount: number, verb: string) => {
    return `${amount} ${amount === 1 ? 'caller' : 'callers'} ${verb}${amount === 1 ? 's' : ''}`
  }
  return `${counted(number(gaining), 'gain')}, ${counted(number(losing), 'lose')}`
}
