import { join } from 'node:path'
import { type Authorizer, createAuthorizer, startServer } from '../../../ext-authz/index.js'
import type { AuthorizationPolicy } from '../../../policy/index.js'
import {
  createAuthority,
  findEnvoy,
  type IssuedSvid,
  issueSvid,
  type Lifetime,
  startEnvoy,
} from '../../../rig/index.js'
import { connectVector } from '../../filters/vector-caller.js'
import { type Answer, askInTurn, askSideBySide } from './ask.js'
import type { Connection } from './connection.js'
import { caseHeader, type Enforcer, envoyOfCases, forwardedHeader } from './envoy-of-cases.js'
import { type PolicyCase, readPolicies } from './policy-case.js'
import type { SentRequest } from './request.js'

/** A request of a case, with the number of the case. */
export interface Question {
  readonly caseNumber: number
  readonly request: SentRequest
}

/** Enforcers that run, each with all cases. */
export interface RunningEnforcers {
  /** Asks one of them all the questions; the answers are in their order. */
  ask(enforcer: Enforcer, questions: readonly Question[]): Promise<readonly Answer[]>
}

/**
 * Starts one Envoy, with a listener an enforcer, and the service.
 *
 * A header says which case a request belongs to. It picks a route, which has the case's configuration
 * for the filters: the very one that the generator writes for a listener of its own. Answers say
 * which path the filters saw.
 */
export async function startEnforcers(
  lifetime: Lifetime,
  cases: readonly PolicyCase[],
): Promise<RunningEnforcers> {
  const read = cases.map(readPolicies)
  const socket = join(lifetime.folder(), 'service.sock')
  await startService(lifetime, cases, read, socket)
  const authority = await createAuthority({ trustDomain: 'example.org' })
  const server = await issueSvid(authority, { spiffeId: 'spiffe://example.org/server' })
  const envoy = await startEnvoy({
    program: await findEnvoy(),
    name: 'the Envoy of many policies',
    config: envoyOfCases(cases, read, socket, server),
    lifetime,
  })
  const svids = new Map<string, Promise<IssuedSvid>>()
  const svidOf = ({ peer }: Connection) => {
    if (peer.kind === 'absent') return undefined
    const known = svids.get(peer.spiffeId) ?? issueSvid(authority, { spiffeId: peer.spiffeId })
    svids.set(peer.spiffeId, known)
    return known
  }
  return {
    async ask(enforcer, questions) {
      const port = envoy.port(enforcer)
      const byConnection = new Map<Connection, number[]>()
      for (const [index, { request }] of questions.entries()) {
        const list = byConnection.get(request.connection) ?? []
        byConnection.set(request.connection, [...list, index])
      }
      const answers: Answer[] = []
      await Promise.all(
        [...byConnection].map(async ([connection, indexes]) => {
          const svid = await svidOf(connection)
          const http2 = connection.protocol === 'HTTP/2'
          const open = () => connectVector(connection, port, svid, http2 ? 'h2' : 'http/1.1')
          const requests = indexes.map(index => withCase(questions[index] as Question))
          const got = await (http2 ? askSideBySide : askInTurn)(open, requests)
          for (const [at, index] of indexes.entries()) answers[index] = got[at] as Answer
        }),
      )
      return answers
    },
  }
}

function withCase({ caseNumber, request }: Question): SentRequest {
  return { ...request, headers: [...request.headers, [caseHeader, String(caseNumber)]] }
}

async function startService(
  lifetime: Lifetime,
  cases: readonly PolicyCase[],
  read: readonly (readonly AuthorizationPolicy[])[],
  path: string,
): Promise<void> {
  const authorizers = cases.map(({ scope, whenNoPolicy }, number) => {
    return createAuthorizer({
      ...scope,
      policies: read[number] ?? [],
      whenNoPolicy,
      header: forwardedHeader,
    })
  })
  const authorizer: Authorizer = {
    ...(authorizers[0] as Authorizer),
    policiesFor: workload => {
      const own = authorizers[Number(workload.labels.case)]
      if (own === undefined) throw new RangeError(`no case ${workload.labels.case}`)
      return own.policiesFor(workload)
    },
  }
  const log = { decision: () => {}, event: () => {} }
  const listen = { kind: 'unix', path } as const
  const service = await startServer({ listen, authorizers: { current: authorizer }, log })
  lifetime.add(service.stop)
}
