import { comparePolicies, type DecidedBy, type PolicySet } from '../../policy/index.js'

/** Who may call whom, and by which policy. */
export interface AccessGraph {
  readonly callers: readonly GraphCaller[]
  readonly workloads: readonly GraphWorkload[]
  readonly edges: readonly GraphEdge[]
  /** What was not looked at, in words; empty when everything was. */
  readonly leftOut: readonly string[]
}

/** Somebody who calls. */
export interface GraphCaller {
  readonly id: string
  /** A SPIFFE ID, or in words who else. */
  readonly name: string
  /** What sidecert.yaml calls it, such as `client website-client`. */
  readonly roles: readonly string[]
}

/** Workloads that are called, of which the same is said. */
export interface GraphWorkload {
  readonly id: string
  /** In words, such as `curity role=curity-idsvr-runtime`. */
  readonly name: string
}

/** What a caller may do, or is kept from by a rule. */
export interface GraphEdge {
  readonly caller: string
  readonly workload: string
  readonly action: 'ALLOW' | 'DENY'
  /** In words, in the spelling of the policies. */
  readonly operation: string
  /** What decides: a rule, or that there is no policy. */
  readonly by: DecidedBy
}

/** The three who together are everybody that no rule and no list names. */
const everybodyElse = [
  'no certificate',
  'a certificate that is no X.509-SVID',
  'any other workload',
]

/**
 * Finds who may call whom: what the policies allow where without them all would be denied, and what
 * their DENY rules deny where without them all would be allowed. Every edge stands for requests that
 * the policies' own evaluation decides so; a rule that another one leaves nothing to has none.
 *
 * @param workload - the one that is always there, whether anybody may call it or not
 * @param roles - what to call a SPIFFE ID
 */
export function accessGraph(
  policySet: PolicySet,
  workload: string,
  roles: ReadonlyMap<string, readonly string[]>,
): AccessGraph {
  const without = (whenNoPolicy: 'allow' | 'deny'): PolicySet => {
    return { ...policySet, policies: [], whenNoPolicy }
  }
  const allowed = comparePolicies(without('deny'), policySet)
  const denied = comparePolicies(without('allow'), policySet)
  const found = [
    ...allowed.workloads.flatMap(({ workloads, callers }) =>
      callers.flatMap(({ callers, gained }) =>
        gained.map(change => ({ action: 'ALLOW' as const, workloads, callers, change })),
      ),
    ),
    ...denied.workloads.flatMap(({ workloads, callers }) =>
      callers.flatMap(({ callers, lost }) =>
        lost
          .filter(({ after }) => after.reason === 'denied-by-rule')
          .map(change => ({ action: 'DENY' as const, workloads, callers, change })),
      ),
    ),
  ]
  const callers = new Nodes('caller')
  const workloads = new Nodes('workload')
  workloads.id(workload)
  const edges = found.flatMap(({ action, workloads: called, callers: calling, change }) =>
    called.flatMap(name =>
      withEverybodyElse(calling).map(caller => ({
        caller: callers.id(caller),
        workload: workloads.id(name),
        action,
        operation: change.operation,
        by: change.after,
      })),
    ),
  )
  return {
    callers: callers.all().map(node => ({ ...node, roles: roles.get(node.name) ?? [] })),
    workloads: workloads.all(),
    edges,
    leftOut: [...new Set([...allowed.leftOut, ...denied.leftOut])],
  }
}

function withEverybodyElse(names: readonly string[]): readonly string[] {
  if (!everybodyElse.every(name => names.includes(name))) return names
  return [...names.filter(name => !everybodyElse.includes(name)), 'anybody else']
}

/** Nodes by their names, numbered in the order in which they come. */
class Nodes {
  readonly #ids = new Map<string, string>()

  constructor(readonly kind: string) {}

  id(name: string): string {
    const id = this.#ids.get(name) ?? `${this.kind}${this.#ids.size + 1}`
    this.#ids.set(name, id)
    return id
  }

  all(): readonly { readonly id: string; readonly name: string }[] {
    return [...this.#ids].map(([name, id]) => ({ id, name }))
  }
}
