import {
  type Diagnostic,
  diagnostic,
  hasErrors,
  plainValue,
  readYamlDocuments,
  type YamlNode,
} from '../policy/index.js'
import type { Configuration } from './configuration.js'
import { contradictions } from './contradictions.js'
import { resolve } from './resolve.js'
import { configurationSchema } from './schema.js'
import { schemaDiagnostics } from './schema-diagnostics.js'

/** What {@link readConfiguration} finds: no configuration with any error, one with warnings only. */
export interface ConfigurationReading {
  readonly configuration?: Configuration
  readonly diagnostics: readonly Diagnostic[]
}

/**
 * Reads the text of a sidecert.yaml.
 *
 * Every finding is reported at once, each with its line and column. Unknown keys are refused, and so
 * is every value that would not be enforced.
 *
 * @param text - the file's content
 * @param file - its name as the user gave it; paths inside are relative to its directory
 */
export function readConfiguration(text: string, file: string): ConfigurationReading {
  const { documents, diagnostics } = readYamlDocuments(text, file)
  if (hasErrors(diagnostics)) return { diagnostics }
  const [root, second] = documents
  if (root === undefined) {
    const hint = 'Start with trustDomain, authorizationServer and clients.'
    return { diagnostics: [diagnostic('SC0003', 'the file says nothing', hint, start(file))] }
  }
  if (second !== undefined) {
    const hint = 'Keep one; AuthorizationPolicies go into files of their own, named by policies.'
    const message = 'there is a second document in the file'
    return { diagnostics: [diagnostic('SC0102', message, hint, second.place)] }
  }
  return check(root, file)
}

function check(root: YamlNode, file: string): ConfigurationReading {
  const hidden = prototypeKeys(root)
  if (hidden.length > 0) return { diagnostics: hidden }
  const result = configurationSchema.safeParse(plainValue(root))
  if (!result.success) return { diagnostics: schemaDiagnostics(result.error.issues, root) }
  const diagnostics = contradictions(result.data, root)
  if (hasErrors(diagnostics)) return { diagnostics }
  return { configuration: resolve(result.data, file, root), diagnostics }
}

/** The schema library passes over a key named `__proto__`, and no key may be passed over. */
function prototypeKeys(node: YamlNode): readonly Diagnostic[] {
  if (node.kind === 'list') return node.items.flatMap(prototypeKeys)
  if (node.kind === 'scalar') return []
  return node.entries.flatMap(({ key, keyPlace, value }) =>
    key === '__proto__'
      ? [diagnostic('SC0101', `there is no key ${key}`, 'Remove it.', keyPlace)]
      : prototypeKeys(value),
  )
}

function start(file: string) {
  return { file, line: 1, column: 1 }
}
