import type { Configuration } from '../../config/index.js'
import { gatewayRelease, istioGateways, meshFolder } from '../istio/mesh-files.js'
import { namespacesFolder } from '../istio/namespace-files.js'
import type { GeneratedFile } from '../part.js'
import { script } from './script.js'
import { shellWord } from './shell-word.js'

/** Writes the script that makes a cluster on this machine. */
export function createCluster(configuration: Configuration): GeneratedFile {
  return script(configuration, {
    path: 'istio/1-create-cluster.sh',
    about: [
      'Creates a cluster on this machine (kind), unless there is one of that name.',
      'Leave it out where you have a cluster: the other scripts work on the current context of kubectl.',
    ],
    body: `
cluster="\${CLUSTER_NAME:-sidecert}"
clusters="$(kind get clusters)"
if grep -qxF -- "$cluster" <<<"$clusters"; then
  printf 'The cluster %s exists.\\n' "$cluster"
else
  kind create cluster --name "$cluster" --config 1-cluster/kind.yaml --wait 5m
fi
kubectl config use-context "kind-$cluster"
`,
  })
}

/** Writes the script that installs Istio, with the trust domain and the gateways. */
export function deployMesh(configuration: Configuration): GeneratedFile {
  const { mesh, rootNamespace } = configuration
  const namespace = shellWord(rootNamespace)
  const version = shellWord(mesh.istioVersion)
  const ambient = mesh.mode === 'ambient' || mesh.mode === 'waypoint'
  const profile = ambient ? ' --set profile=ambient' : ''
  const chart = (release: string, name: string, rest: string) =>
    `helm upgrade --install ${release} ${name} --repo "$charts" --version ${version} \\\n  ${rest} --wait`
  const charts = [
    chart(
      'istio-base',
      'base',
      `--namespace ${namespace} --create-namespace --set global.istioNamespace=${namespace}`,
    ),
    chart(
      'istiod',
      'istiod',
      `--namespace ${namespace}${profile} --values ${meshFolder}/istiod.yaml`,
    ),
    ...(ambient
      ? [
          chart('istio-cni', 'cni', `--namespace ${namespace}${profile}`),
          chart('ztunnel', 'ztunnel', `--namespace ${namespace}`),
        ]
      : []),
    ...istioGateways(configuration).map(gateway => {
      const release = gatewayRelease(gateway)
      const to = shellWord(gateway.namespace)
      const values = shellWord(`${meshFolder}/${gateway.namespace}.${release}.yaml`)
      return chart(release, 'gateway', `--namespace ${to} --create-namespace --values ${values}`)
    }),
  ]
  return script(configuration, {
    path: 'istio/2-deploy-service-mesh.sh',
    about: [
      `Installs Istio ${mesh.istioVersion} with the trust domain ${configuration.trustDomain}.`,
      'CACERTS_DIRECTORY=DIR takes an authority of your own: ca-cert.pem, ca-key.pem, root-cert.pem and',
      'cert-chain.pem. Without it istiod makes one for itself. ISTIO_CHARTS=URL takes another Helm',
      'repository.',
    ],
    body: `
charts="\${ISTIO_CHARTS:-https://istio-release.storage.googleapis.com/charts}"

if [[ -n "\${CACERTS_DIRECTORY:-}" ]]; then
  manifest="$(kubectl create namespace ${namespace} --dry-run=client -o yaml)"
  kubectl apply -f - <<<"$manifest"
  manifest="$(kubectl -n ${namespace} create secret generic cacerts \\
    --from-file=ca-cert.pem="$CACERTS_DIRECTORY/ca-cert.pem" \\
    --from-file=ca-key.pem="$CACERTS_DIRECTORY/ca-key.pem" \\
    --from-file=root-cert.pem="$CACERTS_DIRECTORY/root-cert.pem" \\
    --from-file=cert-chain.pem="$CACERTS_DIRECTORY/cert-chain.pem" \\
    --dry-run=client -o yaml)"
  kubectl apply -f - <<<"$manifest"
fi

${charts.join('\n\n')}
`,
  })
}

/** Writes the script that makes namespaces and service accounts, and requires mutual TLS. */
export function prepareNamespaces({ configuration }: ScriptRequest): GeneratedFile {
  const direct = configuration.authorizationServer.curity?.mutualTls === 'direct'
  const files = [
    'namespaces.yaml',
    'service-accounts.yaml',
    ...(direct ? [] : ['peer-authentication.yaml']),
  ]
  return script(configuration, {
    path: 'istio/3-prepare-namespaces.sh',
    about: ['Makes the namespaces and service accounts, and requires mutual TLS of the server.'],
    body: files.map(file => `kubectl apply -f ${namespacesFolder}/${file}`).join('\n'),
  })
}

/** What the scripts are written from. */
export interface ScriptRequest {
  readonly configuration: Configuration
  /** Paths of all other files of the output. */
  readonly paths: ReadonlySet<string>
}
