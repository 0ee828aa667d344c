import type { AuthorizationPolicy } from '../policy/index.js'
import { type ExtAuthzSettings, extAuthz } from './ext-authz.js'
import type { HttpFilter } from './http-filter.js'
import { lua } from './lua.js'
import { setPeerCertificate } from './native.js'
import { notePeer } from './peer.js'
import { denyInvalidPeer, rbac } from './rbac.js'
import { strip } from './strip.js'

/** A filter with its place in the chain. */
export interface PlacedFilter {
  readonly filter: HttpFilter
  /** `first`: before every other filter of the chain; `last`: after them, before the router. */
  readonly position: 'first' | 'last'
  /** Why it stands there. */
  readonly reason: string
}

/** What the chain is made of. */
export type ChainSettings = {
  readonly header: string
  /** The policies that select the workload, trust domains written out (`policiesFor`). */
  readonly policies: readonly AuthorizationPolicy[]
  readonly whenNoPolicy: 'allow' | 'deny'
} & (
  | { readonly forwarding: 'lua' | 'native' }
  | { readonly forwarding: 'ext-authz'; readonly service: Omit<ExtAuthzSettings, 'header'> }
)

/**
 * Puts the filters of one way of forwarding in order: the one place where the order is decided, for
 * Istio and plain Envoy alike. Other filters may stand between `first` and `last`.
 */
export function filterChain(settings: ChainSettings): readonly PlacedFilter[] {
  const { header } = settings
  const stripped: PlacedFilter = {
    filter: strip({ header }),
    position: 'first',
    reason: 'First, so that no other filter ever sees a certificate that the caller wrote.',
  }
  if (settings.forwarding === 'ext-authz') {
    const service: PlacedFilter = {
      filter: extAuthz({ ...settings.service, header }),
      position: 'last',
      reason:
        'Behind all others: what they deny is not asked, and what they change is what is decided on.',
    }
    return [stripped, service]
  }
  return [
    stripped,
    {
      filter: notePeer(),
      position: 'last',
      reason: 'Before the RBAC filters, which read what it notes.',
    },
    {
      filter: denyInvalidPeer(),
      position: 'last',
      reason: 'Before all policies: of a peer without a valid SVID they would say nothing true.',
    },
    ...rbac(settings.policies, settings.whenNoPolicy).map(filter => ({
      filter,
      position: 'last' as const,
      reason: 'AUDIT, DENY, ALLOW, as in Istio; before the header, which no policy may see.',
    })),
    {
      filter: settings.forwarding === 'lua' ? lua({ header }) : setPeerCertificate({ header }),
      position: 'last',
      reason: 'Last: the header is set for allowed requests only, and nothing can change it.',
    },
  ]
}
