import test from 'ava'
import { lint } from '../../lint/index.js'

const policy = (name: string, rule: string) => `apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata:
  name: ${name}
  namespace: shop
spec:
  rules:
    - ${rule}
`
const wide = policy('wide', 'from: [{source: {namespaces: [shop]}}]')
const narrow = policy('narrow', 'from: [{source: {principals: [cluster.local/ns/shop/sa/web]}}]')

function codes(files: Parameters<typeof lint>[0]) {
  return lint(files).findings.map(({ code, place }) => `${place.file} ${code}`)
}

test('files of one group explain one another', t => {
  const files = [
    { file: 'a/wide.yaml', text: wide, group: 'a' },
    { file: 'a/narrow.yaml', text: narrow, group: 'a' },
  ]
  t.deepEqual(codes(files), ['a/narrow.yaml SL1015'])
})

test('files of different groups do not', t => {
  const files = [
    { file: 'a/wide.yaml', text: wide, group: 'a' },
    { file: 'b/narrow.yaml', text: narrow, group: 'b' },
  ]
  t.deepEqual(codes(files), [])
})

test('files of a group that define one and the same object are for different clusters', t => {
  const files = [
    { file: 'one.yaml', text: wide },
    { file: 'two.yaml', text: narrow },
    { file: 'three.yaml', text: wide.replace('[shop]', '[shop, billing]') },
  ]
  t.deepEqual(codes(files), [])
})

test('what sidecert.yaml names belongs together, wherever it stands, and is never defined twice', t => {
  const files = [
    { file: 'a/wide.yaml', text: wide, group: 'a' },
    { file: 'b/wide.yaml', text: wide, group: 'b' },
  ]
  const governed = new Map(files.map(({ file }) => [file, 'sidecert.yaml']))
  const { findings } = lint(files, { governed })
  t.deepEqual(
    findings.map(({ code }) => code),
    ['SC0206', 'SL1016'],
  )
})

test('what a template leaves open is taken for granted', t => {
  const text = wide
    .replace('[shop]', '[{{ .Values.namespace }}]')
    .replace('wide', '{{ .Release.Name }}')
  const { findings, read } = lint([{ file: 'template.yaml', text }])
  t.deepEqual(findings, [])
  t.deepEqual(read, ['template.yaml'])
})

test('a List is read item by item, each with its own place', t => {
  const items = [wide, narrow].map(text => `  - ${text.trimEnd().replaceAll('\n', '\n    ')}\n`)
  const text = `apiVersion: v1\nkind: List\nitems:\n${items.join('')}`
  const { findings } = lint([{ file: 'list.yaml', text }])
  t.deepEqual(
    findings.map(({ code, place }) => `${place.line} ${code}`),
    ['19 SL1015'],
  )
})

test('JSON is read like YAML', t => {
  const text = JSON.stringify(
    {
      apiVersion: 'networking.istio.io/v1alpha3',
      kind: 'EnvoyFilter',
      metadata: { name: 'x', namespace: 'y' },
      spec: {
        configPatches: [
          { applyTo: 'HTTP_FILTER', patch: { operation: 'ADD', value: { name: 'z' } } },
        ],
      },
    },
    null,
    '\t',
  )
  const { findings } = lint([{ file: 'filter.json', text }])
  t.deepEqual(
    findings.map(({ code, place }) => `${place.line} ${code}`),
    ['13 SL2003'],
  )
})

test('a document that cannot be read does not hide the others', t => {
  const { findings, skipped } = lint([
    { file: 'two.yaml', text: `a: [\n---\n${wide}---\n${narrow}` },
  ])
  t.deepEqual(
    findings.map(({ code }) => code),
    ['SL1015'],
  )
  t.deepEqual(skipped, [])
})
