import type { CuritySettings } from '../../config/index.js'
import type { Authority } from '../curity/authority.js'
import { curityFolder, serverFolder } from '../curity/curity-files.js'
import { mounted } from '../curity/helm-values.js'
import type { GeneratedFile } from '../part.js'
import { retrieveScript } from './authorities-script.js'
import type { ScriptRequest } from './cluster-scripts.js'
import { script } from './script.js'
import { shellWord } from './shell-word.js'

/** Writes the script that deploys the Curity Identity Server. */
export function deployCurity(
  { configuration, paths }: ScriptRequest,
  curity: CuritySettings,
  authorities: readonly Authority[],
): GeneratedFile {
  const { namespace, release = 'curity' } = configuration.authorizationServer
  const inside = `-n ${shellWord(namespace)}`
  const xml = [...paths].filter(path => /^curity\/[^/]+\.xml$/.test(path))
  const procedures = [...paths].filter(path => path.startsWith(`${curityFolder}/token-procedures/`))
  const generated = apply(inside, 'configmap', mounted.generated, xml.map(fileArgument))
  const scripts = apply(inside, 'configmap', mounted.procedures, procedures.map(fileArgument))
  const body = `
charts="\${CURITY_CHARTS:-https://curityio.github.io/idsvr-helm/}"
own=${mounted.ownConfiguration}

# Tells whether something is there; a dry run takes it to be.
present() {
  "$dry_run" || kubectl ${inside} get "$1" "$2" >/dev/null 2>&1
}

if [[ -n "\${CURITY_CONFIG:-}" ]]; then
  manifest="$(kubectl ${inside} create configmap "$own" \\
    --from-file="$own=$CURITY_CONFIG" --dry-run=client -o yaml)"
  kubectl apply -f - <<<"$manifest"
elif ! present configmap "$own"; then
  printf 'CURITY_CONFIG=FILE must name the base configuration of the server: profiles, data source, keys.\\n' >&2
  exit 1
fi

if [[ -n "\${LICENSE_KEY:-}" && -n "\${ADMIN_PASSWORD:-}" ]]; then
  manifest="$(kubectl ${inside} create secret generic ${mounted.secrets} --from-env-file=/dev/stdin \\
    --dry-run=client -o yaml <<<"LICENSE_KEY=$LICENSE_KEY
ADMIN_PASSWORD=$ADMIN_PASSWORD")"
  kubectl apply -f - <<<"$manifest"
elif ! present secret ${mounted.secrets}; then
  printf 'LICENSE_KEY and ADMIN_PASSWORD must be set.\\n' >&2
  exit 1
fi

${trust(inside, curity, authorities)}${generated}${procedures.length === 0 ? '' : scripts}
helm upgrade --install ${shellWord(release)} idsvr --repo "$charts" --namespace ${shellWord(namespace)} \\
  --values ${serverFolder}/values.yaml --wait --timeout 10m
`
  return script(configuration, {
    path: serverScript,
    about: [
      'Deploys the Curity Identity Server, which trusts the authorities of the mesh.',
      'CURITY_CONFIG=FILE is its base configuration (XML), LICENSE_KEY and ADMIN_PASSWORD are its own: each',
      'is needed once. CURITY_CHARTS=URL takes another Helm repository.',
      'The server reads these files when a node first starts; restart it after a change of them.',
    ],
    body,
  })
}

/** Writes the script that gives a server of another product its sidecar and its service account. */
export function patchServer({ configuration }: ScriptRequest): GeneratedFile {
  const { namespace, name } = configuration.authorizationServer
  const inside = `-n ${shellWord(namespace)}`
  return script(configuration, {
    path: serverScript,
    about: [
      `Gives the Deployment ${name}, which is yours to make, a sidecar and its service account.`,
    ],
    body: `
kubectl ${inside} patch deployment ${name} --patch-file ${serverFolder}/pod-template.yaml
kubectl ${inside} rollout status deployment/${name} --timeout=300s
`,
  })
}

const serverScript = 'istio/5-deploy-authorization-server.sh'

/** Fetches the authorities, holds them against the configuration and hands them to the server. */
function trust(inside: string, curity: CuritySettings, authorities: readonly Authority[]): string {
  const known = authorities.some(({ pem }) => pem !== undefined)
  const folder = known ? `../${curityFolder}/authorities` : 'authorities'
  const literals = authorities.map(
    ({ id, parameter }) => `--from-literal=${parameter}="$(encoded ${folder}/${id}.pem)"`,
  )
  const secret =
    curity.trustStore === 'literal'
      ? ''
      : `
# Prints the base64 of a whole PEM file.
encoded() {
  if "$dry_run"; then
    printf 'BASE64_OF:%s' "$1"
  else
    base64 <"$1" | tr -d '\\n'
  fi
}
${apply(inside, 'secret generic', mounted.authorities, literals).trimStart()}`
  return `if "$dry_run"; then
  ./${retrieveScript} --dry-run authorities
else
  ./${retrieveScript} authorities
  signing=authorities/spiffe_root_ca.pem
  if [[ -f authorities/spiffe_intermediate_ca.pem ]]; then
    signing=authorities/spiffe_intermediate_ca.pem
  fi
${known ? knownCheck(folder) : selfSignedCheck}
fi
${secret}`
}

/** The signing certificate of the mesh must be one that the trust store has. */
function knownCheck(folder: string): string {
  return `  mesh="$(openssl x509 -in "$signing" -noout -fingerprint -sha256)"
  found=false
  for file in ${folder}/*.pem; do
    if [[ "$(openssl x509 -in "$file" -noout -fingerprint -sha256)" == "$mesh" ]]; then
      found=true
    fi
  done
  if ! "$found"; then
    printf 'The mesh signs by %s, which trustBundles of sidecert.yaml does not have: add it and generate again.\\n' "$signing" >&2
    exit 1
  fi`
}

const selfSignedCheck = `  about="$(openssl x509 -in "$signing" -noout -text)"
  if [[ "$signing" != authorities/spiffe_root_ca.pem ||
    "$about" != *rsaEncryption* || "$about" != *'(2048 bit)'* ]]; then
    printf 'The mesh has an authority of its own kind: name it in trustBundles of sidecert.yaml and generate again.\\n' >&2
    exit 1
  fi`

function fileArgument(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1)
  return `--from-file=${name}=../${path}`
}

/** Makes or changes a resource, so that a second run finds nothing to do. */
function apply(inside: string, kind: string, name: string, parts: readonly string[]): string {
  const rest = parts.map(part => `  ${part} \\\n`).join('')
  return `
manifest="$(kubectl ${inside} create ${kind} ${name} \\
${rest}  --dry-run=client -o yaml)"
kubectl apply -f - <<<"$manifest"
`
}
