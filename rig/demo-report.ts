import type { Colors } from 'picocolors/types.js'
import type { Trial } from './attempts.js'
import { drawLegend, drawTable, type Results } from './demo-table.js'
import { spiffeIdOf } from './mesh.js'
import type { Route } from './system.js'

/** Tells what the first call got: the main job, done. */
export function reportToken({ sidecar }: Route, { outcome }: Trial, colors: Colors): string {
  const prompt = colors.dim('$')
  const call = [
    `${prompt} curl http://127.0.0.1:${sidecar.website}/token \\`,
    '      -d grant_type=client_credentials -d client_id=website-client',
  ]
  const result =
    outcome.kind === 'token'
      ? [
          `${colors.green('✓')} an access token for ${colors.bold(outcome.clientId)}`,
          `  bound to the certificate of ${spiffeIdOf('website')}`,
          colors.dim(`  cnf x5t#S256 ${outcome.thumbprint}`),
        ]
      : [`${colors.red('✗')} no token: ${JSON.stringify(outcome)}`]
  return [
    'website asks for a token: plain HTTP on its own side, a client_id, no secret.',
    'Its sidecar makes mutual TLS of it; the server sidecar hands on the verified certificate.',
    '',
    ...[...call, ...result].map(line => `  ${line}`),
  ].join('\n')
}

/** Tells what was tried and what came of it. */
export function reportTable(results: Results, colors: Colors): string {
  return [
    "That call by each way of forwarding, and others who try to get a token for website's client:",
    '',
    drawTable(results, colors),
    '',
    drawLegend(results, colors),
    '',
    "The article's filter is the one of the tutorial whose steps sidecert takes over. It adds the",
    'verified certificate after whatever the caller has sent, and the OAuth server here reads the',
    'first line of that name, as many do. sidecert removes every spelling of the header first, on',
    'every path, and then sets the verified certificate or refuses.',
  ].join('\n')
}

/** The counts that decide whether the demo has shown what it says. */
export interface Verdict {
  readonly ok: boolean
  readonly text: string
}

/** Sums up: sidecert did as it should everywhere, and the control shows that a hole would be seen. */
export function judge({ variants, groups }: Results, colors: Colors): Verdict {
  const rows = groups.flatMap(group => group.rows)
  const control = variants.indexOf('article')
  const trials = rows.flatMap(({ trials }) => trials.filter((_, column) => column !== control))
  const wrong = trials.filter(({ asExpected }) => !asExpected).length
  const forgeries = rows.filter(({ attempt }) => attempt.forged.length > 0)
  const passed = forgeries.filter(({ trials }) => trials[control]?.asExpected === false).length
  const controlText = `the article's filter let ${passed} of ${forgeries.length} forgeries through`
  if (wrong > 0)
    return {
      ok: false,
      text: colors.red(`✗ sidecert: ${wrong} of ${trials.length} did not end as they should.`),
    }
  if (passed < forgeries.length)
    return {
      ok: false,
      text: colors.red(
        `✗ ${controlText}: what this run cannot see there, it cannot rule out elsewhere.`,
      ),
    }
  return {
    ok: true,
    text: `${colors.green('✓')} sidecert: all ${trials.length} calls ended as they should; ${controlText}.`,
  }
}
