import type { Configuration } from '../../config/index.js'

/** What the deployment of the service is made from. */
export interface Deployed extends Configuration {
  /** Where AuthorizationPolicies are read in the cluster; undefined: the service reads files. */
  readonly cluster?:
    | { readonly namespaces: readonly string[] | 'all'; readonly server: string | undefined }
    | undefined
}
