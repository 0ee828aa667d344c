/** Reload: a new version of policies and settings is in force at once and whole, or not at all. */
export type { Broken, Built, Candidate, Incomplete, Usable } from './candidate.js'
export { inputsVersion, type VersionInput } from './inputs-version.js'
export type { ReloadStatus, ReloadStep } from './reload-status.js'
export {
  type ReloadCause,
  Reloader,
  type ReloaderSettings,
  type ReloadTimings,
} from './reloader.js'
export { statusLines } from './status-lines.js'
