import { basename, dirname, isAbsolute, relative } from 'node:path'
import { ClusterError, ClusterPolicies, clusterStatusLines } from '../cluster/index.js'
import {
  type Configuration,
  formatAddress,
  type LoadedConfiguration,
  loadConfiguration,
  type SourceFile,
} from '../config/index.js'
import {
  type Built,
  type Candidate,
  type DecisionLog,
  inputsVersion,
  type VersionInput,
} from '../ext-authz/index.js'
import { diagnostic, hasErrors } from '../policy/index.js'
import { settingsWith } from './authorizer-settings.js'
import { readPolicies } from './load.js'
import { readTrustBundles, type TrustBundleFile, trustBundleFiles } from './trust-bundle-files.js'

/** A reading of everything, with the configuration when it is one. */
export interface ServiceReading extends Candidate {
  readonly configuration: Configuration | undefined
}

/**
 * Everything that the running service is made of: sidecert.yaml, the files that it names, and with
 * `policiesFrom: cluster` the cluster's policies.
 */
export class ServiceInputs {
  readonly #file: string
  readonly #log: Pick<DecisionLog, 'event'>
  readonly #onClusterChange: () => void
  #cluster: { readonly key: string; readonly policies: ClusterPolicies } | undefined

  constructor(file: string, log: Pick<DecisionLog, 'event'>, onClusterChange: () => void) {
    this.#file = file
    this.#log = log
    this.#onClusterChange = onClusterChange
  }

  /** Reads everything as it is now. */
  async read(): Promise<ServiceReading> {
    const loaded = await loadConfiguration(this.#file)
    const { configuration, inputs, directories } = loaded
    const bundleFiles = configuration === undefined ? [] : await trustBundleFiles(configuration)
    const files = [...inputs, ...bundleFiles].map(({ file, text }) => this.#input(file, text))
    const objects = configuration && this.#objects(configuration)
    const all = objects?.map(({ file, text }) => ({ name: file, content: text })) ?? []
    return {
      configuration,
      version: inputsVersion([...files, ...all]),
      filesVersion: inputsVersion(files),
      directories,
      build: () => this.#build(loaded, bundleFiles, objects),
    }
  }

  /** What is to be said of the cluster, in lines for people. */
  clusterLines(): readonly string[] {
    return this.#cluster === undefined ? [] : clusterStatusLines(this.#cluster.policies.status)
  }

  /** Ends the watch on the cluster. */
  async stop(): Promise<void> {
    await this.#cluster?.policies.stop()
  }

  /** Named from sidecert.yaml on, so that the same files are the same version everywhere. */
  #input(file: string, text: string | undefined): VersionInput {
    const name = file === this.#file ? basename(file) : relative(dirname(this.#file), file)
    return { name: isAbsolute(name) ? file : name, content: text }
  }

  /** The policies of the cluster as it was last seen; undefined when it has not been seen yet. */
  #objects({ cluster }: Configuration): readonly SourceFile[] | undefined {
    if (cluster === undefined) return []
    return this.#cluster?.key === JSON.stringify(cluster)
      ? this.#cluster.policies.policies
      : undefined
  }

  #build(
    { configuration, policyFiles, diagnostics: found }: LoadedConfiguration,
    bundleFiles: readonly TrustBundleFile[],
    objects: readonly SourceFile[] | undefined,
  ): Built {
    if (configuration === undefined) return { kind: 'broken', diagnostics: found }
    const { bundles, diagnostics: ofBundles } = readTrustBundles(bundleFiles)
    const read = readPolicies(configuration, [...policyFiles, ...(objects ?? [])])
    const diagnostics = [...found, ...read.diagnostics, ...ofBundles]
    if (hasErrors(diagnostics)) return { kind: 'broken', diagnostics }
    try {
      this.#follow(configuration)
    } catch (error) {
      if (!(error instanceof ClusterError)) throw error
      return { kind: 'broken', diagnostics: [diagnostic('SC0802', error.message, error.hint)] }
    }
    const settings = settingsWith(configuration, read.policies, bundles)
    const made = { settings, diagnostics, fixed: fixedSettings(configuration) }
    return objects === undefined
      ? { kind: 'incomplete', ...made, waitingFor: 'the policies of the cluster' }
      : { kind: 'usable', ...made }
  }

  /** Watches the cluster that the configuration names, and no other. */
  #follow({ cluster }: Configuration): void {
    const key = cluster && JSON.stringify(cluster)
    if (key === this.#cluster?.key) return
    const former = this.#cluster
    this.#cluster =
      cluster === undefined || key === undefined
        ? undefined
        : {
            key,
            policies: new ClusterPolicies(cluster, {
              onChange: this.#onClusterChange,
              onTrouble: (namespace, trouble) => this.#tell(namespace, trouble),
            }),
          }
    void former?.policies.stop()
  }

  #tell(namespace: string, trouble: ClusterError | undefined): void {
    if (trouble === undefined) {
      this.#log.event('cluster readable again', { namespace })
    } else {
      const { code, message, hint } = trouble
      this.#log.event('cluster not readable', { namespace, code, error: message, hint }, 'warn')
    }
  }
}

/** What is applied at the start only, as text. */
function fixedSettings({ service }: Configuration): Readonly<Record<string, string>> {
  return {
    'service.listen': formatAddress(service.listen),
    'service.admin': service.admin === undefined ? 'off' : formatAddress(service.admin),
  }
}
