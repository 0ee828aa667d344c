import test from 'ava'
import picocolors from 'picocolors'
import { attemptGroups } from '../../rig/attempts.js'
import { judge, reportTable } from '../../rig/demo-report.js'
import type { Results } from '../../rig/demo-table.js'
import type { Outcome } from '../../rig/outcome.js'

const plain = picocolors.createColors(false)
const result = { kind: 'no-answer', reason: 'not sent' } as const
const stolen: Outcome = { kind: 'token', clientId: 'website-client', thumbprint: 'x' }
const refused: Outcome = { kind: 'refused-by-server', status: 401 }

/** Results in which the control fails every forgery and sidecert fails none, but for one cell. */
function results(change: {
  variant: 'article' | 'native'
  title: string
  outcome: Outcome
}): Results {
  const variants = ['article', 'native'] as const
  const groups = attemptGroups.map(({ title, attempts }) => ({
    title,
    rows: attempts.map(attempt => ({
      attempt,
      trials: variants.map(variant => {
        const forged = attempt.forged.length > 0
        const asExpected = variant === 'native' || !forged
        const usual = asExpected ? refused : stolen
        return change.variant === variant && change.title === attempt.title
          ? { outcome: change.outcome, asExpected: !asExpected, result }
          : { outcome: usual, asExpected, result }
      }),
    })),
  }))
  return { variants, groups }
}

test('one forgery that gets through sidecert is enough to fail', t => {
  const table = results({ variant: 'native', title: 'plain HTTP', outcome: stolen })
  const { ok, text } = judge(table, plain)
  t.false(ok)
  t.is(text, '✗ sidecert: 1 of 11 did not end as they should.')
  t.regex(reportTable(table, plain), /\n +plain HTTP +✗ token stolen +✗ token stolen\n/)
})

test('a control whose forgeries do not arrive fails too: the run would see no hole', t => {
  const table = results({ variant: 'article', title: 'plain HTTP', outcome: refused })
  const { ok, text } = judge(table, plain)
  t.false(ok)
  t.regex(text, /^✗ the article's filter let 8 of 9 forgeries through: what this run cannot see/)
})

test('when sidecert holds and the control does not, the demo has shown what it says', t => {
  const { ok } = judge(results({ variant: 'native', title: '', outcome: refused }), plain)
  t.true(ok)
})

test('the table fits a terminal of a hundred columns', t => {
  const { groups } = results({ variant: 'native', title: '', outcome: refused })
  const variants = ['article', 'lua', 'native', 'ext-authz'] as const
  const wide = groups.map(({ title, rows }) => ({
    title,
    rows: rows.map(({ attempt, trials: [control, ours] }) => ({
      attempt,
      trials: [control, ours, ours, ours].flatMap(trial => trial ?? []),
    })),
  }))
  for (const line of reportTable({ variants, groups: wide }, plain).split('\n'))
    t.true(line.length <= 100, `${line.length}: ${line}`)
})
