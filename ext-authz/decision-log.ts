import { type DestinationStream, pino, stdTimeFunctions } from 'pino'
import type { DecisionRecord } from './check.js'

/** Writes decisions and what happens to the service, one JSON line each. */
export interface DecisionLog {
  decision(record: DecisionRecord, microseconds: number): void
  /** @param level `info` unless said */
  event(
    message: string,
    details?: Readonly<Record<string, unknown>>,
    level?: 'info' | 'warn' | 'error',
  ): void
}

/**
 * Opens the log. Lines hold identities, operations, verdicts, and the other facts that policies ask
 * for, headers among them; never a certificate, a token, a cookie, another secret or the query of a
 * path. What was kept out for that is named.
 *
 * @param destination where lines go; standard output when it is missing
 */
export function openDecisionLog(destination?: DestinationStream): DecisionLog {
  const options = { base: null, timestamp: stdTimeFunctions.isoTime, messageKey: 'message' }
  const logger = destination === undefined ? pino(options) : pino(options, destination)
  return {
    decision(record, microseconds) {
      const line = { ...fields(record), durationMicroseconds: microseconds }
      if (record.reason === 'internal-error') {
        logger.error({ ...line, error: describe(record.error) }, 'decision')
      } else {
        logger.info(line, 'decision')
      }
    },
    event(message, details = {}, level = 'info') {
      logger[level](details, message)
    },
  }
}

function fields(record: DecisionRecord): Record<string, unknown> {
  const { peer, workload } = record
  return {
    decisionId: record.id,
    version: record.version,
    verdict: record.verdict,
    enforced: record.enforced,
    reason: record.reason,
    rule: record.rule,
    audited: record.audited?.length ? record.audited : undefined,
    dryRun: record.dryRun,
    identity: peer?.kind === 'svid' ? peer.spiffeId : undefined,
    certificate: peer?.kind === 'invalid' ? `invalid: ${peer.reason}` : peer?.kind,
    namespace: workload?.namespace,
    labels: workload?.labels,
    method: record.method,
    host: record.host,
    path: record.path,
    ...record.request,
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
