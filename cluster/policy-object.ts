import { stringify } from 'yaml'
import { malformed } from './read-json.js'

/** One AuthorizationPolicy object, as text for the reader that reads policies of files. */
export interface PolicyObject {
  /** `cluster:NAMESPACE/NAME`. */
  readonly file: string
  /** YAML of what the object means: without its status and without what the API notes on it. */
  readonly text: string
  readonly resourceVersion: string
}

/** What a client of the API writes beside a policy; it has no meaning and can be long. */
const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration'

/**
 * Turns an object of the API into the text of a policy. It does not judge it: every field of the
 * specification is handed on, and the policy's reader understands or refuses it.
 *
 * @throws {ClusterError} `malformed` when it is no AuthorizationPolicy object at all
 */
export function policyObject(value: unknown): PolicyObject {
  const { kind = 'AuthorizationPolicy', metadata, spec } = record(value, 'an item')
  const { name, namespace, annotations = {} } = record(metadata, 'metadata')
  if (kind !== 'AuthorizationPolicy') {
    throw malformed(`the API server gave an object of kind ${kind} for an AuthorizationPolicy`)
  }
  if (typeof name !== 'string' || typeof namespace !== 'string') {
    throw malformed('the API server gave a policy without name or namespace')
  }
  const noted = Object.entries(record(annotations ?? {}, 'annotations'))
  const policy = {
    apiVersion: 'security.istio.io/v1',
    kind,
    metadata: {
      name,
      namespace,
      annotations: Object.fromEntries(noted.filter(([key]) => key !== lastApplied)),
    },
    ...(spec === undefined ? {} : { spec }),
  }
  return {
    file: `cluster:${namespace}/${name}`,
    text: policyText(policy),
    resourceVersion: resourceVersionOf(value),
  }
}

/**
 * Gives the version of the cluster's state that an object, a list or a bookmark speaks of.
 *
 * @throws {ClusterError} `malformed` when it has none
 */
export function resourceVersionOf(value: unknown): string {
  const { resourceVersion } = record(record(value, 'an answer').metadata, 'metadata')
  if (typeof resourceVersion === 'string' && resourceVersion !== '') return resourceVersion
  throw malformed('the API server gave an object without resourceVersion')
}

/**
 * Gives a value as the mapping that it must be.
 *
 * @throws {ClusterError} `malformed` when it is none
 */
export function record(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as Readonly<Record<string, unknown>>
  }
  throw malformed(`${what} from the API server is not an object`)
}

/** Sorted keys and quoted strings: the same object is the same text, and no string turns into more. */
function policyText(policy: object): string {
  return stringify(policy, {
    sortMapEntries: true,
    defaultStringType: 'QUOTE_DOUBLE',
    defaultKeyType: 'QUOTE_DOUBLE',
    aliasDuplicateObjects: false,
    lineWidth: 0,
  })
}
