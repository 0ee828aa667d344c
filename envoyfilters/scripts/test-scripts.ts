import type { Client, Configuration } from '../../config/index.js'
import { workloadName } from '../kubernetes/workload-name.js'
import type { GeneratedFile } from '../part.js'
import type { ScriptRequest } from './cluster-scripts.js'
import { script } from './script.js'
import { shellWord } from './shell-word.js'

/** Where each product answers, below the root of its Service. */
const endpoints = {
  curity: { keys: '/oauth/v2/oauth-anonymous/jwks', token: '/oauth/v2/oauth-token' },
  'oidc-provider': { keys: '/jwks', token: '/token' },
  keycloak: {
    keys: '/realms/master/protocol/openid-connect/certs',
    token: '/realms/master/protocol/openid-connect/token',
  },
  custom: { keys: '/jwks', token: '/token' },
} as const

/** Writes the calls that show that everything works, from inside the pod of a client. */
export function testCalls({ configuration }: ScriptRequest): readonly GeneratedFile[] {
  const { clients } = configuration
  const [first] = clients
  if (first === undefined) return []
  return [
    fetchKeys(configuration, first),
    requestToken(configuration, first),
    viewIdentity(configuration, first),
  ]
}

/** Finds the pod of the client that the script was given. */
function chooseClient({ clients }: Configuration, first: Client): string {
  const choices = clients.map(
    ({ clientId, namespace, serviceAccount }) =>
      `  ${shellWord(clientId)}) namespace=${shellWord(namespace)} workload=${workloadName(serviceAccount)} ;;`,
  )
  return `client="\${argument:-}"
if [[ -z "$client" ]]; then
  client=${shellWord(first.clientId)}
fi
case "$client" in
${choices.join('\n')}
  *)
    printf 'There is no client %s.\\n' "$client" >&2
    exit 2
    ;;
esac
`
}

/** Plain HTTP: the sidecars make mutual TLS of it. */
function server({ authorizationServer: { host, port } }: Configuration): string {
  return `http://${host}:${port}`
}

function fetchKeys(configuration: Configuration, first: Client): GeneratedFile {
  const url = server(configuration) + endpoints[configuration.authorizationServer.product].keys
  return script(configuration, {
    path: 'istio/7-test-keys.sh',
    about: ['Fetches the keys that tokens are signed with, from the pod of a client.'],
    argument: 'CLIENT_ID',
    body: `${chooseClient(configuration, first)}
kubectl -n "$namespace" exec "deployment/$workload" -c "$workload" -- \\
  curl -sS --fail ${shellWord(url)}
`,
  })
}

function requestToken(configuration: Configuration, first: Client): GeneratedFile {
  const url = server(configuration) + endpoints[configuration.authorizationServer.product].token
  return script(configuration, {
    path: 'istio/7-test-token.sh',
    about: [
      'Asks for a token from the pod of a client, which sends its client_id and no secret.',
      'CODE with REDIRECT_URI and CODE_VERIFIER redeems an authorization code, REFRESH_TOKEN refreshes;',
      'without either the grant is client_credentials. SCOPE may be set.',
    ],
    argument: 'CLIENT_ID',
    body: `${chooseClient(configuration, first)}
set -- --data-urlencode "client_id=$client"
if [[ -n "\${CODE:-}" ]]; then
  set -- "$@" --data-urlencode grant_type=authorization_code --data-urlencode "code=$CODE" \\
    --data-urlencode "redirect_uri=\${REDIRECT_URI:?}" \\
    --data-urlencode "code_verifier=\${CODE_VERIFIER:?}"
elif [[ -n "\${REFRESH_TOKEN:-}" ]]; then
  set -- "$@" --data-urlencode grant_type=refresh_token \\
    --data-urlencode "refresh_token=$REFRESH_TOKEN"
else
  set -- "$@" --data-urlencode grant_type=client_credentials
fi
if [[ -n "\${SCOPE:-}" ]]; then
  set -- "$@" --data-urlencode "scope=$SCOPE"
fi
kubectl -n "$namespace" exec "deployment/$workload" -c "$workload" -- \\
  curl -sS --fail-with-body -X POST ${shellWord(url)} "$@"
`,
  })
}

function viewIdentity(configuration: Configuration, first: Client): GeneratedFile {
  const { host, port } = configuration.authorizationServer
  return script(configuration, {
    path: 'istio/7-view-identity.sh',
    about: [
      "Shows the certificate that the server's sidecar presents to a client: its URI SAN is",
      `${configuration.authorizationServer.spiffeId}.`,
    ],
    argument: 'CLIENT_ID',
    body: `${chooseClient(configuration, first)}
presented="$(kubectl -n "$namespace" exec "deployment/$workload" -c istio-proxy -- \\
  openssl s_client -showcerts -connect ${shellWord(`${host}:${port}`)} \\
  -CAfile /var/run/secrets/istio/root-cert.pem 2>/dev/null </dev/null || true)"
if ! "$dry_run"; then
  openssl x509 -noout -text <<<"$presented"
fi
`,
  })
}
