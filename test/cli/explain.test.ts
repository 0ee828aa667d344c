import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import test from 'ava'
import { createAuthority, issueSvid } from '../../rig/pki.js'
import { sidecert, withFiles } from './command.js'

const example = fileURLToPath(new URL('../../../examples/curity/sidecert.yaml', import.meta.url))
const website = 'spiffe://curitydemo/ns/applications/sa/mywebsite'

function explain(...args: string[]) {
  return sidecert(['explain', '-c', example, ...args])
}

test('an allowed request names the deciding rule and ends with 0', async t => {
  const { code, stdout, stderr } = await explain(
    ...['--id', website, '--method', 'POST', '--path', '/oauth/v2/oauth-token'],
  )
  t.is(code, 0)
  t.is(stderr, '')
  t.true(stdout.startsWith('ALLOWED  a rule of an ALLOW policy matches\n'))
  t.regex(stdout, /rule +ns\[curity\]-policy\[sidecert-callers\]-rule\[0\]/)
})

test('a denied request ends with 1, and every other rule says what it wanted and saw', async t => {
  const { code, stdout } = await explain('--path', '/admin', '--output', 'json')
  t.is(code, 1)
  const { decision, request, rules } = JSON.parse(stdout)
  t.deepEqual(decision, { verdict: 'deny', reason: 'no-rule-matched', audited: [] })
  t.deepEqual(request.peer, { kind: 'absent' })
  const callers = rules.find(
    (rule: { rule: string }) => rule.rule === 'ns[curity]-policy[sidecert-callers]-rule[1]',
  )
  t.deepEqual(callers.mismatches, [
    {
      field: 'from[0].source.principals',
      wanted: '"curitydemo/ns/istio-system/sa/istio-ingressgateway"',
      seen: 'no certificate',
    },
  ])
})

test('a certificate counts as in the service: by its SVID, at the given moment', async t => {
  const authority = await createAuthority({ trustDomain: 'curitydemo' })
  const svid = await issueSvid(authority, { spiffeId: website })
  await withFiles({ 'svid.pem': svid.certificate }, async folder => {
    const args = ['--cert', join(folder, 'svid.pem'), '--path', '/oauth/v2/oauth-token']
    t.is((await explain(...args)).code, 0)
    const later = await explain(...args, '--at', '2099-01-01T00:00:00Z')
    t.is(later.code, 1)
    t.regex(later.stdout, /caller +a certificate that is no X\.509-SVID: it has expired/)
  })
})

test('a recorded check request is read as the service reads it', async t => {
  const recording = JSON.stringify({
    attributes: {
      source: { principal: website },
      request: { http: { method: 'GET', path: '/oauth/v2/authorize?x', host: 'h' } },
      unknownField: 1,
    },
  })
  await withFiles({ 'check.json': recording }, async folder => {
    const { code, stdout } = await explain('--check', join(folder, 'check.json'))
    t.is(code, 1)
    t.regex(stdout, /caller +no certificate/)
    t.regex(stdout, /request +GET h\/oauth\/v2\/authorize\n/)
  })
})

for (const [args, says] of [
  [[], /error: there is no path to decide about\n {2}mend: add --path/],
  [['--path', '/', '--id', 'spiffe://Curitydemo/a'], /--id is not a SPIFFE ID: its trust domain/],
  [['--path', '/', '--cert', example], /is not one certificate in PEM\n {2}mend: /],
  [['--path', '/', '--cert', 'nowhere.pem'], /nowhere\.pem cannot be read/],
  [['--check', example], /is no CheckRequest in JSON\n {2}mend: /],
  [['--path', '/', '--header', 'nonsense'], /--header nonsense is no header/],
  [['--path', '/', '--labels', 'a=b'], /--namespace and --labels name no workload/],
  [['--path', '/', '--at', 'noon'], /--at noon is no time/],
  [['--path', '/', '--check', 'x'], /cannot be used with option/],
  [['--path', 'x'], /--path x is no path of a request\n {2}mend: start it with a slash/],
  [['--path', '/', '--source-ip', 'foo'], /--source-ip foo is no IP address/],
] as const) {
  test(`explain ${args.map(arg => (arg === example ? 'FILE' : arg)).join(' ')} is refused with the mend`, async t => {
    const { code, stdout, stderr } = await explain(...args)
    t.is(code, 2)
    t.is(stdout, '')
    t.regex(stderr, says)
  })
}
