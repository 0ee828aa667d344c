import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { EnvoyFilter } from '@kubernetes-models/istio/networking.istio.io/v1alpha3/EnvoyFilter'
import test from 'ava'
import { parse, parseAllDocuments } from 'yaml'
import { generateAll } from './golden-case.js'

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>
  readonly items?: Schema
}

/** The package keeps its schema to itself, and its check lets unknown fields pass. */
const schema: Schema = (() => {
  const name = '@kubernetes-models/istio/networking.istio.io/v1alpha3/EnvoyFilter'
  const text = readFileSync(fileURLToPath(import.meta.resolve(name)), 'utf8')
  return JSON.parse(/const schema = (\{[\s\S]*?\n\});/.exec(text)?.[1] ?? '')
})()

async function resources() {
  const files = await generateAll('examples/curity/sidecert.yaml', 'out', 'istio', ['filters'])
  return files.map(({ path, content }) => ({ path, content, resource: parse(content) }))
}

/** Paths of fields that the schema does not have; an object without any fields is one that is free. */
function unknownFields(value: unknown, { properties = {}, items }: Schema, path = ''): string[] {
  if (Array.isArray(value)) {
    return value.flatMap((item, index) => unknownFields(item, items ?? {}, `${path}[${index}]`))
  }
  if (typeof value !== 'object' || value === null) return []
  if (Object.keys(properties).length === 0) return []
  return Object.entries(value).flatMap(([key, inner]) => {
    const at = `${path}.${key}`
    const known = properties[key]
    return known === undefined ? [at] : unknownFields(inner, known, at)
  })
}

test('every EnvoyFilter is what the schema of Istio asks for', async t => {
  for (const { path, resource } of await resources()) {
    t.notThrows(() => new EnvoyFilter(resource).validate(), path)
    t.deepEqual(unknownFields(resource, schema), [], path)
  }
})

test('the check of unknown fields finds them', t => {
  const spec = { configPatches: [{ aplyTo: 'x', patch: { operation: 'ADD', value: { any: 1 } } }] }
  t.deepEqual(unknownFields({ spec, kind: 'EnvoyFilter' }, schema), [
    '.spec.configPatches[0].aplyTo',
  ])
})

test('name, namespace, selector and port are those of the tutorial', async t => {
  for (const { resource } of await resources()) {
    t.like(resource, {
      metadata: { name: 'client-certificate-filter', namespace: 'curity' },
      spec: { workloadSelector: { labels: { role: 'curity-idsvr-runtime' } } },
    })
    for (const { match } of resource.spec.configPatches) {
      t.like(match, { context: 'SIDECAR_INBOUND', listener: { portNumber: 8443 } })
    }
  }
})

test('the strip goes first, all else right before the router, and TLS is patched on TLS only', async t => {
  for (const { resource } of await resources()) {
    const [strip, ...others] = resource.spec.configPatches
    const tls = others.pop()
    t.is(strip.patch.operation, 'INSERT_FIRST')
    t.is(strip.patch.value.name, 'sidecert.strip')
    for (const { match, patch } of others) {
      t.is(patch.operation, 'INSERT_BEFORE')
      t.is(match.listener.filterChain.filter.subFilter.name, 'envoy.filters.http.router')
    }
    t.like(tls, { applyTo: 'FILTER_CHAIN', patch: { operation: 'MERGE' } })
    t.is(tls.match.listener.filterChain.transportProtocol, 'tls')
  }
})

test('the service is called by the cluster and the name that Istio gives it', async t => {
  const [, , extAuthz] = await resources()
  const filter = extAuthz?.resource.spec.configPatches[1].patch.value
  t.deepEqual(filter.typed_config.grpc_service.envoy_grpc, {
    cluster_name: 'outbound|9191||sidecert.curity.svc.cluster.local',
    authority: 'sidecert.curity.svc.cluster.local',
  })
})

test('readers of YAML 1.1 and 1.2 read the same', async t => {
  for (const { content, resource } of await resources()) {
    t.deepEqual(parseAllDocuments(content, { version: '1.1' }).map(String).length, 1)
    t.deepEqual(parse(content, { version: '1.1' }), resource)
  }
})
