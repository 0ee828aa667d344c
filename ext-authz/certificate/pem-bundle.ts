import { type Diagnostic, diagnostic, type Place } from '../../policy/index.js'
import type { BundleCertificate, BundleContent } from './bundle-content.js'
import { CertificateError } from './certificate-error.js'
import { decodeBase64Lines } from './pem.js'

const label = 'CERTIFICATE'
const boundary = /^-----(BEGIN|END) ([^\n]*)-----$/

/**
 * Reads the PEM form of a trust bundle: CERTIFICATE blocks one after the other, with empty lines
 * and lines that start with `#` between them and nothing else, so that no authority is missed
 * because its first line is misspelt.
 */
export function readPemBundle(text: string, file: string): BundleContent {
  const lines = text.split(/\r?\n/)
  const certificates: BundleCertificate[] = []
  const diagnostics: Diagnostic[] = []
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index] as string
    if (line.trim() === '' || line.startsWith('#')) continue
    const place: Place = { file, line: index + 1, column: 1 }
    if (boundary.exec(line)?.[1] !== 'BEGIN') {
      diagnostics.push(notABundle('this line belongs to no PEM block', place))
      break
    }
    const end = lines.findIndex((other, at) => at > index && boundary.test(other))
    if (end === -1 || lines[end] !== line.replace('BEGIN', 'END')) {
      diagnostics.push(notABundle('this PEM block is not ended', place))
      break
    }
    const block = readBlock(lines.slice(index, end + 1), place)
    if ('der' in block) certificates.push(block)
    else diagnostics.push(block)
    index = end
  }
  if (certificates.length + diagnostics.length === 0) {
    diagnostics.push(notABundle('the trust bundle is empty', { file, line: 1, column: 1 }))
  }
  return { certificates, diagnostics }
}

function readBlock(lines: readonly string[], place: Place): BundleCertificate | Diagnostic {
  if (lines[0] !== `-----BEGIN ${label}-----`) {
    return notABundle(`this PEM block is not a ${label}`, place)
  }
  try {
    return { der: decodeBase64Lines(lines.slice(1, -1)), place }
  } catch (error) {
    if (!(error instanceof CertificateError)) throw error
    const hint = 'Replace it with the certificate of the authority as it was issued.'
    return diagnostic('SC0402', `this PEM block cannot be read: ${error.rule}`, hint, place)
  }
}

function notABundle(message: string, place: Place): Diagnostic {
  const hint =
    'A trust bundle is PEM CERTIFICATE blocks with # comments between them, or SPIFFE bundle JSON.'
  return diagnostic('SC0401', message, hint, place)
}
