import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { EnvoyFilter } from '@kubernetes-models/istio/networking.istio.io/v1alpha3/EnvoyFilter'
import { DestinationRule } from '@kubernetes-models/istio/networking.istio.io/v1beta1/DestinationRule'
import { Gateway } from '@kubernetes-models/istio/networking.istio.io/v1beta1/Gateway'
import { VirtualService } from '@kubernetes-models/istio/networking.istio.io/v1beta1/VirtualService'
import { AuthorizationPolicy } from '@kubernetes-models/istio/security.istio.io/v1/AuthorizationPolicy'
import { PeerAuthentication } from '@kubernetes-models/istio/security.istio.io/v1beta1/PeerAuthentication'
import { DaemonSet } from 'kubernetes-models/apps/v1/DaemonSet'
import { Deployment } from 'kubernetes-models/apps/v1/Deployment'
import { HorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2/HorizontalPodAutoscaler'
import { Ingress } from 'kubernetes-models/networking.k8s.io/v1/Ingress'
import { NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy'
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1/PodDisruptionBudget'
import { ClusterRole } from 'kubernetes-models/rbac.authorization.k8s.io/v1/ClusterRole'
import { ClusterRoleBinding } from 'kubernetes-models/rbac.authorization.k8s.io/v1/ClusterRoleBinding'
import { Role } from 'kubernetes-models/rbac.authorization.k8s.io/v1/Role'
import { RoleBinding } from 'kubernetes-models/rbac.authorization.k8s.io/v1/RoleBinding'
import { ConfigMap } from 'kubernetes-models/v1/ConfigMap'
import { Namespace } from 'kubernetes-models/v1/Namespace'
import { Service } from 'kubernetes-models/v1/Service'
import { ServiceAccount } from 'kubernetes-models/v1/ServiceAccount'

/** A resource as it is read from YAML. */
export interface Resource {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: { readonly name: string; readonly namespace?: string }
  // biome-ignore lint/suspicious/noExplicitAny: each kind has its own, and the schema checks it
  readonly [key: string]: any
}

const models = [
  AuthorizationPolicy,
  ClusterRole,
  ClusterRoleBinding,
  ConfigMap,
  DaemonSet,
  Deployment,
  DestinationRule,
  EnvoyFilter,
  Gateway,
  HorizontalPodAutoscaler,
  Ingress,
  Namespace,
  NetworkPolicy,
  PeerAuthentication,
  PodDisruptionBudget,
  Role,
  RoleBinding,
  Service,
  ServiceAccount,
  VirtualService,
]

/**
 * Validates a resource by its schema and gives the paths of the fields that the schema does not
 * have. The validators let those pass; Kubernetes' own never look at them, and that is how they are
 * found. Metadata has no schema in Istio's resources, and is not looked at there.
 *
 * @throws when the schema refuses it, or there is no schema for its kind
 */
export function unknownFields(resource: Resource): readonly string[] {
  const model = models.find(
    ({ apiVersion, kind }) =>
      groupOf(apiVersion) === groupOf(resource.apiVersion) && kind === resource.kind,
  )
  if (model === undefined) throw new Error(`no schema for ${resource.apiVersion} ${resource.kind}`)
  if (resource.apiVersion.includes('istio.io')) {
    new model({ ...resource, apiVersion: model.apiVersion } as never).validate()
    const { metadata: _, ...rest } = resource
    return fieldsWithout(rest, istioSchema(model.apiVersion, model.kind), '')
  }
  const unread = new Set<string>()
  model.prototype.validate.call(watched(resource, '', unread))
  return [...unread]
}

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>
  readonly items?: Schema
}

/** These walk over every field before they validate, and keep their schema to themselves. */
function istioSchema(apiVersion: string, kind: string): Schema {
  const module = import.meta.resolve(`@kubernetes-models/istio/${apiVersion}/${kind}`)
  const text = readFileSync(fileURLToPath(module), 'utf8')
  return JSON.parse(/const schema = (\{[\s\S]*?\n\});/.exec(text)?.[1] ?? '')
}

function fieldsWithout(value: unknown, { properties, items }: Schema, path: string): string[] {
  if (Array.isArray(value)) {
    return value.flatMap((item, index) => fieldsWithout(item, items ?? {}, `${path}.${index}`))
  }
  if (typeof value !== 'object' || value === null) return []
  if (properties === undefined || Object.keys(properties).length === 0) return []
  return Object.entries(value).flatMap(([key, inner]) => {
    const known = properties[key]
    const at = `${path}.${key}`
    return known === undefined ? [at] : fieldsWithout(inner, known, at)
  })
}

/** The package has some kinds of Istio in v1beta1 only, whose fields are those of v1. */
function groupOf(apiVersion: string): string {
  return apiVersion.includes('istio.io') ? (apiVersion.split('/')[0] ?? '') : apiVersion
}

/** Wraps a value so that `unread` ends up with the path of every property that nobody read. */
function watched<T>(value: T, path: string, unread: Set<string>): T {
  if (typeof value !== 'object' || value === null) return value
  const inner = new Map<PropertyKey, unknown>()
  for (const [key, item] of Object.entries(value)) {
    unread.add(`${path}.${key}`)
    inner.set(key, watched(item, `${path}.${key}`, unread))
  }
  return new Proxy(value, {
    get(target, key) {
      unread.delete(`${path}.${String(key)}`)
      return inner.has(key) ? inner.get(key) : Reflect.get(target, key)
    },
  })
}
