import { expectEnd, readFields, readSoleElement, tag, takeOptional } from './der.js'
import { readBoolean, readCount } from './der-value.js'
import { type Extension, extensionId } from './extension.js'

/** Whether a certificate is an authority's: RFC 5280 section 4.2.1.9. */
export interface BasicConstraints {
  readonly ca: boolean
  /** How many intermediates may follow; undefined for any number. */
  readonly pathLength: number | undefined
}

/**
 * Reads the Basic Constraints; a certificate without them is no authority's.
 *
 * @throws {CertificateError} `not-der`
 */
export function readBasicConstraints(extensions: ReadonlyMap<string, Extension>): BasicConstraints {
  const extension = extensions.get(extensionId.basicConstraints)
  if (extension === undefined) return { ca: false, pathLength: undefined }
  const fields = readFields(readSoleElement(extension.value), tag.sequence)
  const ca = takeOptional(fields, tag.boolean)
  const pathLength = takeOptional(fields, tag.integer)
  expectEnd(fields)
  return {
    ca: ca !== undefined && readBoolean(ca),
    pathLength: pathLength === undefined ? undefined : readCount(pathLength),
  }
}
