import type { Configuration } from '../../config/index.js'
import { heading } from '../heading.js'
import type { GeneratedFile } from '../part.js'

/** What a script is made of. */
export interface ScriptSettings {
  readonly path: string
  /** What it does, as lines of the comment above it. */
  readonly about: readonly string[]
  /** What its one argument beside `--dry-run` is, if it takes one. */
  readonly argument?: string
  readonly body: string
}

/** The programs that a dry run prints instead of running them. */
const programs = ['helm', 'kind', 'kubectl'] as const

/**
 * Writes a Bash script that stops at the first failure, that can be run twice, and that with
 * `--dry-run` prints each command that would ask or change a cluster, as it would be typed.
 *
 * It keeps to Bash 3.2, which is what macOS has.
 */
export function script(configuration: Configuration, settings: ScriptSettings): GeneratedFile {
  const { path, about, argument, body } = settings
  const usage = `[--dry-run]${argument === undefined ? '' : ` [${argument}]`}`
  const comment = heading(configuration, ...about).replaceAll(/^/gm, '# ')
  const content = `#!/usr/bin/env bash
${comment}
set -euo pipefail
cd "$(dirname "\${BASH_SOURCE[0]}")"

dry_run=false
${argument === undefined ? '' : "argument=''\n"}for word in "$@"; do
  case "$word" in
    --dry-run) dry_run=true ;;
${argument === undefined ? '' : '    [!-]*) argument=$word ;;\n'}    *)
      printf 'usage: %s ${usage}\\n' "$0" >&2
      exit 2
      ;;
  esac
done

exec 3>&1

# Runs a program, or with --dry-run prints the command.
run() {
  if "$dry_run"; then
    local line
    printf -v line '%q ' "$@"
    printf '%s\\n' "\${line% }" >&3
  else
    command "$@"
  fi
}
${programs
  .filter(name => new RegExp(`\\b${name} `).test(body))
  .map(name => `${name}() { run ${name} "$@"; }\n`)
  .join('')}
${body.trim()}
`
  return { path, content, executable: true }
}
