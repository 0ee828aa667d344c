import { type Address, isNumeric } from '../config/index.js'
import type { Json } from '../filters/index.js'

/** Writes an address as Envoy's `config.core.v3.Address`. */
export function envoyAddress(address: Address): Json {
  return address.kind === 'unix'
    ? { pipe: { path: address.path } }
    : { socket_address: { address: address.host, port_value: address.port } }
}

/** Tells how Envoy finds the endpoints of a cluster: names are looked up, addresses are not. */
export function discoveryType(address: Address): 'STATIC' | 'STRICT_DNS' {
  return address.kind === 'unix' || isNumeric(address) ? 'STATIC' : 'STRICT_DNS'
}
