import type { Configuration } from '../config/index.js'
import type { Mesh } from './kubernetes/mesh-config.js'
import type { PeerAuthentication } from './kubernetes/peer-authentication.js'
import type { Resource } from './kubernetes/resource.js'
import type { ServiceObject } from './kubernetes/service.js'
import type { WorkloadObject } from './kubernetes/workload-object.js'
import type { PolicyView } from './policy/policy-view.js'

/** Everything that the files say, read once for all rules. */
export interface LintContext {
  readonly resources: readonly Resource[]
  readonly policies: readonly PolicyView[]
  readonly services: readonly ServiceObject[]
  readonly workloads: readonly WorkloadObject[]
  readonly peerAuthentications: readonly PeerAuthentication[]
  readonly mesh: Mesh
  /** The files that a sidecert.yaml names: what they say, the ext_authz service decides by. */
  readonly governed: ReadonlySet<string>
  /** Every sidecert.yaml among the files. */
  readonly configurations: readonly Configuration[]
}
