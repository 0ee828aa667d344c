import type { Forwarding } from '../../config/index.js'
import { accessFolder } from '../istio/access-files.js'
import type { GeneratedFile } from '../part.js'
import type { ScriptRequest } from './cluster-scripts.js'
import { script } from './script.js'
import { shellWord } from './shell-word.js'

/**
 * Writes the script that puts filters and policies in front of the server, before the server is
 * there: once it runs, it believes the header, and nobody may have written it but the filter.
 */
export function protectServer(
  { configuration, paths }: ScriptRequest,
  forwardings: readonly Forwarding[],
): GeneratedFile {
  const made = forwardings.filter(name => paths.has(`istio/${name}/envoyfilter.yaml`))
  const [first = configuration.forwarding] = made
  const standard = made.includes(configuration.forwarding) ? configuration.forwarding : first
  const choice = `forwarding="\${FORWARDING:-${standard}}"
case "$forwarding" in
  ${made.join(' | ')}) ;;
  *)
    printf 'FORWARDING is one of: ${made.join(', ')}\\n' >&2
    exit 2
    ;;
esac
${service(paths)}kubectl apply -f "$forwarding/envoyfilter.yaml"`
  const present = ['authorization-policies.yaml', 'gateways.yaml', 'direct.yaml']
    .map(name => `${accessFolder}/${name}`)
    .filter(path => paths.has(`istio/${path}`))
  const own = [...paths]
    .filter(path => path.startsWith(`istio/${accessFolder}/policies/`))
    .map(path => path.slice('istio/'.length))
  return script(configuration, {
    path: 'istio/4-protect-authorization-server.sh',
    about: [
      'Puts filters and policies in front of the server, before the server is there to believe a header.',
      ...(made.length > 1 ? ['FORWARDING=WAY takes another way of forwarding.'] : []),
    ],
    body: [
      ...(made.length === 0 ? [] : [choice]),
      ...[...present, ...own].map(path => `kubectl apply -f ${shellWord(path)}`),
    ].join('\n'),
  })
}

/** The ext_authz service comes before the filter that asks it, and only where that filter is chosen. */
function service(paths: ReadonlySet<string>): string {
  const folder = 'ext-authz/service'
  if (!paths.has(`istio/${folder}/kustomization.yaml`)) return ''
  return `if [[ "$forwarding" == ext-authz ]]; then
  kubectl apply -k ${folder}
fi
`
}
