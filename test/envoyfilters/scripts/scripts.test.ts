import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import test from 'ava'
import { shellWord } from '../../../envoyfilters/scripts/shell-word.js'
import { expectedFolder, goldenCases, readExpected } from '../golden-case.js'

const scripts = goldenCases.flatMap(name =>
  readExpected(name)
    .filter(({ path }) => path.endsWith('.sh'))
    .map(({ path }) => join(expectedFolder(name), path)),
)

function bash(args: readonly string[], env: NodeJS.ProcessEnv = process.env, cwd?: string) {
  return spawnSync('bash', args, { encoding: 'utf8', env, cwd, timeout: 30_000 })
}

test('every script is Bash, stops at the first failure, and is what shellcheck asks for', t => {
  t.true(scripts.length > 40)
  for (const file of scripts) {
    t.deepEqual(bash(['-n', file]).stderr, '', file)
    t.regex(readFileSync(file, 'utf8'), /^#!\/usr\/bin\/env bash\n(?:# .*\n)+set -euo pipefail\n/)
  }
  const checked = spawnSync('shellcheck', scripts, { encoding: 'utf8' })
  if (checked.error === undefined) t.is(checked.stdout, '')
  else t.log('shellcheck is not on the PATH: only the syntax is checked')
})

for (const name of goldenCases.filter(name =>
  readExpected(name).some(({ path }) => path.endsWith('.sh')),
)) {
  test(`a dry run of the case ${name} prints the commands and runs nothing`, t => {
    const env = { ...process.env, PATH: '/usr/bin:/bin' }
    const { status, stdout, stderr } = bash(
      [join(expectedFolder(name), 'istio/deploy.sh'), '--dry-run'],
      env,
    )
    t.is(stderr, '')
    t.is(status, 0)
    const commands = stdout.split('\n').filter(line => line !== '' && !line.startsWith('# '))
    for (const command of commands) t.regex(command, /^(?:kind|helm|kubectl) /)
    t.true(commands.some(command => command.includes('helm upgrade --install istiod')))
    for (const [, file = ''] of stdout.matchAll(/ (?:-f|--values|--config|--patch-file) (\S+)/g)) {
      if (file === '-') continue
      t.notThrows(() => readFileSync(join(expectedFolder(name), 'istio', file)), file)
    }
  })
}

test('a word that is no option, and a client that does not exist, are refused', t => {
  const folder = join(expectedFolder('curity-article'), 'istio')
  t.like(bash([join(folder, 'deploy.sh'), '--help']), { status: 2, stdout: '' })
  const { status, stderr } = bash([join(folder, '7-test-token.sh'), '--dry-run', 'nobody'])
  t.is(status, 2)
  t.is(stderr, 'There is no client nobody.\n')
})

test('a code and a refresh token are sent as they are, whatever is in them', t => {
  const file = join(expectedFolder('curity-article'), 'istio/7-test-token.sh')
  const code = { CODE: "a'b c", REDIRECT_URI: 'https://a.example/?x&y', CODE_VERIFIER: '$(id)' }
  const sent = (env: object) => bash([file, '--dry-run'], { ...process.env, ...env }).stdout
  t.regex(
    sent(code),
    /grant_type=authorization_code .* code=a\\'b\\ c .*code_verifier=\\\$\\\(id\\\)/,
  )
  t.regex(sent({ REFRESH_TOKEN: 'r' }), /grant_type=refresh_token .* refresh_token=r$/m)
})

/** Programs that note how they were called; `kubectl get secret` has the Secrets of the mesh. */
function cluster(secrets: Readonly<Record<string, Readonly<Record<string, string>>>>) {
  const root = mkdtempSync(join(tmpdir(), 'sidecert-test-'))
  const bin = join(root, 'bin')
  const store = join(root, 'secrets')
  mkdirSync(bin)
  mkdirSync(store)
  for (const [name, keys] of Object.entries(secrets)) {
    for (const [key, pem] of Object.entries(keys)) {
      writeFileSync(join(store, `${name}.${key}`), Buffer.from(pem).toString('base64'))
    }
  }
  const program = `#!/usr/bin/env bash
printf '%s %s\\n' "$(basename "$0")" "$*" >>'${root}/calls'
all="$*"
case "$all" in
  *' get secret '*jsonpath*)
    key="\${all##*data.}"; key="\${key%\\}}"; name="\${all##*get secret }"; name="\${name%% *}"
    cat '${store}'/"$name.\${key//\\\\/}" 2>/dev/null || true ;;
  *'--dry-run=client'*) printf 'kind: Made\\n' ;;
esac
`
  for (const name of ['kind', 'helm', 'kubectl']) {
    writeFileSync(join(bin, name), program)
    chmodSync(join(bin, name), 0o755)
  }
  return {
    root,
    calls: () => readFileSync(join(root, 'calls'), 'utf8').split('\n'),
    env: {
      ...process.env,
      PATH: `${bin}${delimiter}${process.env.PATH}`,
      LICENSE_KEY: 'l',
      ADMIN_PASSWORD: 'p',
    },
  }
}

const pem = readFileSync('test/golden/plugged-in-authority/in/authorities.pem', 'utf8')
const [intermediate = '', root = ''] = pem.split(/(?<=-----END CERTIFICATE-----\n)/)

function deploy(name: string, secrets: Parameters<typeof cluster>[0], script = 'deploy.sh') {
  const fake = cluster(secrets)
  const folder = join(fake.root, 'out')
  cpSync(expectedFolder(name), folder, { recursive: true })
  const run = () => bash([join(folder, 'istio', script)], fake.env)
  return { ...fake, folder, run }
}

const pluggedIn = { cacerts: { 'root-cert.pem': root, 'ca-cert.pem': intermediate } }

test('the scripts deploy everything, and once more', t => {
  const { root: place, run, calls } = deploy('plugged-in-authority', pluggedIn)
  try {
    const first = run()
    t.is(first.stderr, '')
    t.is(first.status, 0)
    const once = calls().length
    t.is(run().status, 0)
    t.is(calls().length, 2 * once - 1)
    const order = [
      'helm upgrade --install istiod',
      'kubectl apply -f 3-',
      'kubectl apply -f ext-authz/envoyfilter.yaml',
      'helm upgrade --install curity',
      'kubectl apply -f 6-',
    ]
    const places = order.map(command => calls().findIndex(call => call.startsWith(command)))
    t.deepEqual(
      places,
      places.toSorted((a, b) => a - b),
    )
    t.false(places.includes(-1))
  } finally {
    rmSync(place, { recursive: true })
  }
})

test('the authorities are fetched: an intermediate that signs, else the root alone', t => {
  for (const [secrets, files] of [
    [pluggedIn, [root, intermediate]],
    [{ 'istio-ca-secret': { 'ca-cert.pem': root } }, [root]],
  ] as const) {
    const {
      root: place,
      folder,
      run,
    } = deploy('curity-article', secrets, 'retrieve-authorities.sh')
    try {
      t.is(run().status, 0)
      const read = (name: string) => readFileSync(join(folder, 'istio/authorities', name), 'utf8')
      t.is(read('spiffe_root_ca.pem'), files[0])
      if (files[1] === undefined) t.throws(() => read('spiffe_intermediate_ca.pem'))
      else t.is(read('spiffe_intermediate_ca.pem'), files[1])
    } finally {
      rmSync(place, { recursive: true })
    }
  }
})

test('a mesh with an authority that the configuration does not have is not deployed to', t => {
  for (const [name, secrets, says] of [
    ['curity-article', pluggedIn, /an authority of its own kind/],
    [
      'curity-article',
      { 'istio-ca-secret': { 'ca-cert.pem': root } },
      /an authority of its own kind/,
    ],
    ['curity-article', {}, /is istiod running\?/],
  ] as const) {
    const { root: place, run, calls } = deploy(name, secrets, '5-deploy-authorization-server.sh')
    try {
      const { status, stderr } = run()
      t.is(status, 1)
      t.regex(stderr, says)
      t.false(calls().some(call => call.startsWith('helm')))
    } finally {
      rmSync(place, { recursive: true })
    }
  }
})

test('secrets are not among the arguments of a command', t => {
  const { root: place, run, calls } = deploy('plugged-in-authority', pluggedIn)
  try {
    t.is(run().status, 0)
    t.false(calls().some(call => /LICENSE_KEY|ADMIN_PASSWORD/.test(call)))
  } finally {
    rmSync(place, { recursive: true })
  }
})

test('any text is one word of a shell', t => {
  for (const text of ['', 'plain', "it's", '$(id) `id` "x" \\', 'a\nb', '*', '~', '-n', '!']) {
    t.is(bash(['-c', `printf '%s' ${shellWord(text)}`]).stdout, text)
  }
})
