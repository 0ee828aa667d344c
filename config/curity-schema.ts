import { z } from 'zod'
import * as form from './text-forms.js'

/** The key `authorizationServer.curity`: what only the Curity Identity Server has. */
export const curity = z.strictObject({
  mutualTls: z
    .enum(['by-proxy', 'direct'])
    .default('by-proxy')
    .describe(
      'Who ends the mutual TLS of clients: the proxy, which forwards the certificate, or the server itself, which then has no sidecar.',
    ),
  directPort: z
    .int()
    .min(1)
    .max(65535)
    .default(8444)
    .describe('With mutualTls direct: the port that takes mutual TLS.'),
  trustStore: z
    .enum(['parameterized', 'literal'])
    .default('parameterized')
    .describe(
      'Whether the configuration names the authorities by parameters, which a Secret gives, or holds them itself (trustBundles).',
    ),
  tokenProcedures: z
    .enum(['off', 'files', 'inline'])
    .default('off')
    .describe(
      'Token procedures that take the certificate binding off the tokens of clients that have a type. It weakens them: a stolen token can then be used by anybody.',
    ),
  tokenService: form.curityId
    .default('token-service')
    .describe('The profile whose clients these are.'),
  tokenEndpoint: form.curityId
    .default('token-service-token')
    .describe("That profile's token endpoint."),
  serviceRole: form.curityId.default('default').describe('The service role of the runtime nodes.'),
  version: form.imageTag.optional().describe("The image's tag. Default: the chart's own."),
  adminServiceAccount: form.serviceAccountName
    .optional()
    .describe('The service account of the admin node. Default: <name>-admin.'),
})
