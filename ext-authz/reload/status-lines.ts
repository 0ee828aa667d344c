import type { Diagnostic } from '../../policy/index.js'
import type { ReloadStatus } from './reload-status.js'

const diagnosticsShown = 20

/** Tells the state of versions in lines for people: what `/readyz` answers beside the verdict. */
export function statusLines(status: ReloadStatus): readonly string[] {
  const { running, refused, waitingFor, restartNeeded } = status
  return [
    running === undefined
      ? 'no version is in force: every check is denied'
      : `version ${running.version} in force since ${time(running.since)}`,
    ...(refused === undefined
      ? []
      : [
          `version ${refused.version} refused since ${time(refused.since)}:`,
          ...refused.diagnostics.slice(0, diagnosticsShown).map(item => `  ${line(item)}`),
          ...more(refused.diagnostics.length - diagnosticsShown),
        ]),
    ...(waitingFor === undefined ? [] : [`waiting for ${waitingFor}`]),
    ...(restartNeeded.length === 0 ? [] : [`restart needed for ${restartNeeded.join(', ')}`]),
  ]
}

/** Control characters of names and values become visible: one finding stays one line. */
function line({ severity, code, message, hint, place }: Diagnostic): string {
  const where = place === undefined ? '' : ` ${place.file}:${place.line}:${place.column}`
  const text = `${severity} ${code}${where} ${message}. ${hint}`
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it is about
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, '\ufffd').slice(0, 500)
}

function more(count: number): readonly string[] {
  return count > 0 ? [`  and ${count} more`] : []
}

function time(milliseconds: number): string {
  return new Date(milliseconds).toISOString()
}
