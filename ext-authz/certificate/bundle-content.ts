import type { Diagnostic, Place } from '../../policy/index.js'
import type { AuthorityRole } from './authority.js'

/** What one form of a bundle holds, before the certificates are looked at. */
export interface BundleContent {
  readonly certificates: readonly BundleCertificate[]
  readonly diagnostics: readonly Diagnostic[]
}

/** A certificate of a bundle, as its bytes. */
export interface BundleCertificate {
  readonly der: Uint8Array
  readonly place: Place
  /** Decided by the form of the bundle; undefined where the certificate itself says what it is. */
  readonly role?: AuthorityRole
}
