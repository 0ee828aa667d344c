import type { Configuration } from '../config/index.js'
import type { CurityText } from './curity/curity-text.js'
import type { EnvoyFragment } from './envoy/fragment.js'
import type { LuaScript } from './envoy/lua-scripts.js'
import type { EnvoyFilterView } from './istio/envoy-filter-view.js'
import type { EmbeddedDocument } from './kubernetes/embedded-documents.js'
import type { Mesh } from './kubernetes/mesh-config.js'
import type { PeerAuthentication } from './kubernetes/peer-authentication.js'
import type { Resource } from './kubernetes/resource.js'
import type { ServiceObject } from './kubernetes/service.js'
import type { WorkloadObject } from './kubernetes/workload-object.js'
import type { PolicyView } from './policy/policy-view.js'
import type { SourceNode } from './source/source-node.js'

/** Everything that the files say, read once for all rules. */
export interface LintContext {
  readonly resources: readonly Resource[]
  readonly policies: readonly PolicyView[]
  readonly services: readonly ServiceObject[]
  readonly workloads: readonly WorkloadObject[]
  readonly peerAuthentications: readonly PeerAuthentication[]
  readonly mesh: Mesh
  readonly envoyFilters: readonly EnvoyFilterView[]
  /** Envoy configuration: whole files, and the values of the patches of EnvoyFilters. */
  readonly fragments: readonly EnvoyFragment[]
  /** The validation contexts that the files define for secret discovery, by name. */
  readonly secrets: ReadonlyMap<string, SourceNode>
  readonly scripts: readonly LuaScript[]
  readonly curity: readonly CurityText[]
  /** The files by name. */
  readonly texts: ReadonlyMap<string, string>
  /** The texts of ConfigMaps that are YAML or JSON. */
  readonly embedded: readonly EmbeddedDocument[]
  /**
   * The files that a sidecert.yaml names, each with that one's name: what they say, the ext_authz
   * service decides by.
   */
  readonly governed: ReadonlyMap<string, string>
  /** Every sidecert.yaml among the files. */
  readonly configurations: readonly Configuration[]
}
