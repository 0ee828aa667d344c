import type { HeaderSettings, HttpFilter } from './http-filter.js'
import { headerMutationConfig } from './strip.js'

/**
 * Makes the filter that sets the header to the peer's leaf certificate, percent-encoded PEM.
 *
 * It stands behind {@link strip} and behind the RBAC filters, which let no certificate pass that was
 * not verified. Without a certificate the value is empty, and Envoy sets no empty header
 * (`keep_empty_value` is false): the header stays absent.
 */
export function setPeerCertificate({ header }: HeaderSettings): HttpFilter {
  return {
    name: 'sidecert.set',
    typed_config: headerMutationConfig({
      request_mutations: [
        {
          append: {
            header: { key: header, value: '%DOWNSTREAM_PEER_CERT%' },
            append_action: 'OVERWRITE_IF_EXISTS_OR_ADD',
          },
        },
      ],
    }),
  }
}
