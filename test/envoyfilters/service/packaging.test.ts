import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import test from 'ava'
import { parse, parseAllDocuments } from 'yaml'
import type { Generated } from '../../../envoyfilters/index.js'
import { deploymentOf, policyText, resourcesOf } from './manifest-case.js'
import type { Resource } from './strict-schema.js'

const run = promisify(execFile)
const folder = 'istio/ext-authz/service'

/** The first of some programs that this machine has; undefined: none. */
async function program(
  ...candidates: readonly (readonly [string, ...string[]])[]
): Promise<readonly [string, ...string[]] | undefined> {
  for (const [name, ...args] of candidates) {
    const found = await run(name, [...args, '--help']).then(
      () => true,
      () => false,
    )
    if (found) return [name, ...args]
  }
  return undefined
}

const kustomize = await program(['kustomize', 'build'], ['kubectl', 'kustomize'])
const helm = await program(['helm', 'template'])

async function written<T>({ files }: Generated, use: (root: string) => Promise<T>): Promise<T> {
  const root = mkdtempSync(join(tmpdir(), 'sidecert-test-'))
  try {
    for (const { path, content } of files) {
      mkdirSync(dirname(join(root, path)), { recursive: true })
      writeFileSync(join(root, path), content)
    }
    return await use(join(root, folder))
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
}

function sorted(resources: readonly Resource[]): readonly Resource[] {
  const key = ({ kind, metadata }: Resource) => `${kind} ${metadata.namespace} ${metadata.name}`
  return resources.toSorted((a, b) => (key(a) < key(b) ? -1 : 1))
}

function documents(text: string): readonly Resource[] {
  return parseAllDocuments(text)
    .map(document => document.toJS() as Resource | null)
    .filter(resource => resource !== null)
}

const cases = ['', 'service: { deployment: daemonset }\n']

test('the kustomization has every manifest, and the files of the ConfigMap', async t => {
  const made = deploymentOf()
  await written(made, async root => {
    const { resources, configMapGenerator } = parse(
      readFileSync(join(root, 'kustomization.yaml'), 'utf8'),
    )
    const kinds = resources.flatMap((file: string) =>
      documents(readFileSync(join(root, file), 'utf8')).map(({ kind }) => kind),
    )
    const expected = resourcesOf(made).map(({ kind }) => kind)
    t.deepEqual([...kinds, 'ConfigMap'].toSorted(), expected.toSorted())
    const [{ files }] = configMapGenerator
    t.deepEqual(
      files.map((entry: string) => readFileSync(join(root, entry.split('=')[1] ?? ''), 'utf8')),
      [
        made.files.find(({ path }) => path === `${folder}/config/sidecert.yaml`)?.content,
        policyText,
      ],
    )
    if (kustomize === undefined)
      t.log('kustomize is not on the PATH: only the structure is checked')
  })
})

test("the chart's values are those of the manifests, and its schema knows no others", async t => {
  const made = deploymentOf(`service: { image: example/sidecert@sha256:${'a'.repeat(64)} }\n`)
  await written(made, async root => {
    const values = parse(readFileSync(join(root, 'chart/values.yaml'), 'utf8'))
    const schema = JSON.parse(readFileSync(join(root, 'chart/values.schema.json'), 'utf8'))
    const [pods] = resourcesOf(made).filter(({ kind }) => kind === 'Deployment')
    t.is(values.image.name, pods?.spec.template.spec.containers[0].image)
    t.deepEqual(values.resources, pods?.spec.template.spec.containers[0].resources)
    t.false(schema.additionalProperties)
    t.deepEqual(Object.keys(values).toSorted(), ['image', 'replicas', 'resources'])
    for (const key of Object.keys(values)) t.truthy(schema.properties[key], key)
    if (helm === undefined) t.log('helm is not on the PATH: only the structure is checked')
  })
})

test("braces of one's own files are no template of the chart", t => {
  const templates = deploymentOf().files.filter(({ path }) => path.includes('/chart/templates/'))
  t.true(templates.length > 5)
  const expressions = templates.flatMap(({ content }) => content.match(/\{\{.*?\}\}/g) ?? [])
  for (const expression of expressions) t.regex(expression, /^\{\{ \.(Values|Files)[ .]/)
  t.true(expressions.length > 5)
})

for (const more of cases) {
  const name = more === '' ? 'a Deployment' : 'a DaemonSet'
  if (kustomize !== undefined) {
    test(`kustomize makes of ${name} what the manifests are`, async t => {
      const made = deploymentOf(more)
      const [file, ...args] = kustomize
      const { stdout } = await written(made, root => run(file, [...args, root]))
      t.deepEqual(sorted(documents(stdout)), sorted(resourcesOf(made)))
    })
  }
  if (helm !== undefined) {
    test(`helm makes of ${name} what the manifests are`, async t => {
      const made = deploymentOf(more)
      const [file, ...args] = helm
      const { stdout } = await written(made, root =>
        run(file, [...args, 'sidecert', join(root, 'chart')]),
      )
      t.deepEqual(sorted(documents(stdout)), sorted(resourcesOf(made)))
    })
  }
}

if (helm !== undefined) {
  test('helm sets what values say, and refuses a value that nobody reads', async t => {
    const [file, ...args] = helm
    await written(deploymentOf(), async root => {
      const chart = join(root, 'chart')
      const set = ['--set', 'image.name=other:2', '--set', 'replicas.minimum=3']
      const { stdout } = await run(file, [...args, 'sidecert', chart, ...set])
      const resources = documents(stdout)
      const find = (kind: string) => resources.find(resource => resource.kind === kind)
      t.is(find('Deployment')?.spec.template.spec.containers[0].image, 'other:2')
      t.is(find('HorizontalPodAutoscaler')?.spec.minReplicas, 3)
      const misspelt = run(file, [...args, 'sidecert', chart, '--set', 'image.nmae=x'])
      await t.throwsAsync(misspelt, { message: /nmae/ })
    })
  })
}

if (kustomize !== undefined) {
  test('kustomize adds the second container to the workload of the server', async t => {
    const made = deploymentOf(
      'service: { deployment: container, listen: unix:/run/sidecert/sidecert.sock }\n',
    )
    await written(made, async root => {
      const overlay = join(root, '..', 'server')
      mkdirSync(overlay)
      const deployment = {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'main-idsvr-runtime', namespace: 'login' },
        spec: { template: { spec: { containers: [{ name: 'idsvr', image: 'idsvr' }] } } },
      }
      writeFileSync(join(overlay, 'deployment.yaml'), JSON.stringify(deployment))
      const kustomization = { resources: ['deployment.yaml'], components: ['../service'] }
      writeFileSync(join(overlay, 'kustomization.yaml'), JSON.stringify(kustomization))
      const [file, ...args] = kustomize
      const resources = documents((await run(file, [...args, overlay])).stdout)
      const pods = resources.find(({ kind }) => kind === 'Deployment')?.spec.template.spec
      const names = pods.containers.map((container: { name: string }) => container.name)
      t.deepEqual(names.toSorted(), ['idsvr', 'sidecert'])
      t.is(resources.find(({ kind }) => kind === 'ConfigMap')?.metadata.namespace, 'login')
    })
  })
}
