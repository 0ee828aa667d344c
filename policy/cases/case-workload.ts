import { readFields } from '../reading/policy-fields.js'
import type { Workload } from '../workload.js'
import { type FieldReader, readString } from './case-fields.js'

/** What a workload may say. */
export const workloadFields = ['namespace', 'labels']

/** Reads the workload that requests are for: its namespace, and its labels if it has any. */
export const readWorkload: FieldReader<Workload> = (node, where, report) => {
  const fields = readFields(node, where, workloadFields, report)
  if (node.kind !== 'map') return undefined
  const namespace = fields.get('namespace')
  if (namespace === undefined) {
    report('SC0503', `${where} has no namespace`, 'Add it, like namespace: curity.', node.place)
  }
  const name = namespace && readString(namespace.value, `${where}.namespace`, report)
  const labels = fields.get('labels')
  const read = labels === undefined ? {} : readLabels(labels.value, `${where}.labels`, report)
  return name === undefined || read === undefined ? undefined : { namespace: name, labels: read }
}

const readLabels: FieldReader<Readonly<Record<string, string>>> = (node, where, report) => {
  if (node.kind !== 'map') {
    report('SC0502', `${where} must be a mapping`, 'Write LABEL: VALUE.', node.place)
    return undefined
  }
  const labels = node.entries.map(({ key, value }) => {
    return [key, readString(value, `${where}.${key}`, report) ?? ''] as const
  })
  return Object.fromEntries(labels)
}
