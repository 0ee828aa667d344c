import type { Configuration } from '../../config/index.js'
import type { Json } from '../../filters/index.js'
import type { GeneratedFile } from '../part.js'
import { yamlText } from '../yaml-text.js'
import { manifestText } from './manifest-text.js'
import { manifests } from './manifests.js'
import type { ServiceFiles } from './service-files.js'
import {
  checksumLength,
  packageVersion,
  type ServiceSettings,
  serviceSettings,
} from './settings.js'

/** Where the files of the ConfigMap lie in the chart. */
const filesFolder = 'files'

/**
 * Makes a Helm chart of the manifests. With its own values it renders what the plain manifests are;
 * names and namespaces are no values, because the filter of the authorization server names them.
 */
export function chart(
  configuration: Configuration,
  files: ServiceFiles,
  heading: (about: string) => string,
): readonly GeneratedFile[] {
  const plain = serviceSettings(configuration, files)
  const { settings, render } = templates(files)
  const templated = manifests(configuration, files, settings).map(({ file, about, resources }) => ({
    path: `templates/${file}`,
    content: render(manifestText(resources, heading(about))),
  }))
  return [
    {
      path: 'Chart.yaml',
      content: yamlText(chartMetadata(configuration), heading('A Helm chart.')),
    },
    {
      path: 'values.yaml',
      content: yamlText(
        values(plain),
        heading(
          'What may differ from cluster to cluster.\nhelm install -f takes a file of the same form.',
        ),
      ),
    },
    { path: 'values.schema.json', content: `${JSON.stringify(valuesSchema, null, 2)}\n` },
    ...templated,
    ...files.files.map(({ path, text }) => ({ path: `${filesFolder}/${path}`, content: text })),
  ]
}

function chartMetadata({ service }: Configuration): { readonly [key: string]: Json } {
  const version = packageVersion()
  return {
    apiVersion: 'v2',
    name: service.name,
    description: "sidecert's ext_authz service",
    type: 'application',
    version,
    appVersion: version,
  }
}

function values({ image, imagePullPolicy, minReplicas, maxReplicas, resources }: ServiceSettings) {
  return {
    image: { name: image, pullPolicy: imagePullPolicy },
    replicas: { minimum: minReplicas, maximum: maxReplicas },
    resources,
  }
}

const positive = { type: 'integer', minimum: 1 }

const valuesSchema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  type: 'object',
  additionalProperties: false,
  // Helm adds the values that all charts of a release share.
  properties: {
    global: { type: 'object' },
    image: {
      type: 'object',
      additionalProperties: false,
      properties: {
        name: { type: 'string', minLength: 1 },
        pullPolicy: { enum: ['Always', 'IfNotPresent', 'Never'] },
      },
    },
    replicas: {
      type: 'object',
      additionalProperties: false,
      properties: { minimum: positive, maximum: positive },
    },
    resources: { type: 'object' },
  },
}

/**
 * Makes settings that stand for expressions, and what writes those in their places.
 *
 * A mark has a tilde, which no name, label or image can have, and YAML does not quote it. Every
 * other pair of braces is text.
 */
function templates({ files, main }: ServiceFiles): {
  readonly settings: ServiceSettings
  readonly render: (yaml: string) => string
} {
  const expressions: string[] = []
  const mark = (expression: string) => `helm~${expressions.push(expression) - 1}~`
  const get = (path: string) => `.Files.Get ${JSON.stringify(`${filesFolder}/${path}`)}`
  const texts = new Map(files.map(({ path }) => [path, mark(`${get(path)} | toJson`)]))
  const settings: ServiceSettings = {
    image: mark('.Values.image.name | toJson'),
    imagePullPolicy: mark('.Values.image.pullPolicy'),
    minReplicas: mark('.Values.replicas.minimum'),
    maxReplicas: mark('.Values.replicas.maximum'),
    resources: mark('.Values.resources | toJson'),
    checksum: mark(`${get(main)} | sha256sum | trunc ${checksumLength} | toJson`),
    text: path => texts.get(path) ?? '',
  }
  const render = (yaml: string) =>
    yaml
      .replaceAll('{{', '{{ "{{" }}')
      .replace(/helm~(\d+)~/g, (_, number: string) => `{{ ${expressions[Number(number)]} }}`)
  return { settings, render }
}
