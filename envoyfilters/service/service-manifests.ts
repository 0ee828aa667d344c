import type { Configuration, SourceFile } from '../../config/index.js'
import { hasErrors } from '../../policy/index.js'
import { heading } from '../heading.js'
import type { Generated, PartRequest } from '../part.js'
import { yamlText } from '../yaml-text.js'
import { chart } from './chart.js'
import { filesFolder, kustomization, manifestsFolder } from './kustomization.js'
import { manifestText } from './manifest-text.js'
import { manifests, patches } from './manifests.js'
import { serviceFiles } from './service-files.js'
import { serviceSettings } from './settings.js'
import { unfit } from './unfit.js'

/** Where the files of the service's deployment lie in the output. */
const folder = 'istio/ext-authz/service'

/**
 * Makes the deployment of the ext_authz service in Kubernetes: plain manifests, a kustomization of
 * the same, and a Helm chart of the same. As a second container there is no chart: the workload is
 * another chart's.
 *
 * @param inputs - sidecert.yaml, policy files and trust bundles with their text, by the names that
 * the configuration has for them
 */
export function serviceManifests(
  configuration: Configuration,
  inputs: readonly SourceFile[],
): Generated {
  const files = serviceFiles(configuration, inputs)
  const diagnostics = [...unfit(configuration), ...files.diagnostics]
  if (hasErrors(diagnostics)) return { files: [], diagnostics }
  const headingOf = (about: string) => heading(configuration, about)
  const settings = serviceSettings(configuration, files)
  const made = manifests(configuration, files, settings)
  const patched = patches(configuration, files, settings)
  const kustomized = kustomization(configuration, made, patched, files)
  const written = [
    ...made.map(({ file, about, resources }) => ({
      path: `${manifestsFolder}/${file}`,
      content: manifestText(resources, headingOf(about)),
    })),
    ...patched.map(({ file, about, resources }) => ({
      path: file,
      content: manifestText(resources, headingOf(about)),
    })),
    {
      path: 'kustomization.yaml',
      content: yamlText(kustomized, headingOf('The manifests as a base: kubectl apply -k.')),
    },
    ...files.files.map(({ path, text }) => ({ path: `${filesFolder}/${path}`, content: text })),
    ...(patched.length > 0
      ? []
      : chart(configuration, files, headingOf).map(({ path, content }) => ({
          path: `chart/${path}`,
          content,
        }))),
  ]
  return {
    files: written.map(({ path, content }) => ({ path: `${folder}/${path}`, content })),
    diagnostics,
  }
}

/** Makes the part of the output that is the deployment: for Istio, when the service is asked. */
export function servicePart(request: PartRequest): Generated {
  const { configuration, inputs, targets, forwardings } = request
  const wanted = targets.includes('istio') && forwardings.includes('ext-authz') && inputs.length > 0
  return wanted ? serviceManifests(configuration, inputs) : { files: [], diagnostics: [] }
}
