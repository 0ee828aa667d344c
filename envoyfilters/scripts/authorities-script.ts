import type { Configuration } from '../../config/index.js'
import type { GeneratedFile } from '../part.js'
import { script } from './script.js'
import { shellWord } from './shell-word.js'

/** The script that fetches the mesh's authorities, beside the numbered ones. */
export const retrieveScript = 'retrieve-authorities.sh'

/**
 * Writes the script that fetches the mesh's root and, where it has one, the intermediate that signs.
 *
 * A CA that was plugged in lies in the Secret `cacerts`, and istiod's own in `istio-ca-secret`, where
 * the signing certificate is the root. Keys are not printed: each certificate is asked for by name.
 */
export function retrieveAuthorities(configuration: Configuration): GeneratedFile {
  const namespace = shellWord(configuration.rootNamespace)
  return script(configuration, {
    path: `istio/${retrieveScript}`,
    about: [
      "Fetches the certificates of the mesh's authorities into DIRECTORY (default: authorities):",
      'spiffe_root_ca.pem, and spiffe_intermediate_ca.pem where an intermediate signs.',
    ],
    argument: 'DIRECTORY',
    body: `
directory="\${argument:-authorities}"

# Prints one certificate of a Secret, or nothing.
certificate() {
  kubectl -n ${namespace} get secret "$1" --ignore-not-found -o "jsonpath={.data.$2}"
}

root="$(certificate cacerts 'root-cert\\.pem')"
if [[ -n "$root" ]]; then
  signing="$(certificate cacerts 'ca-cert\\.pem')"
else
  root="$(certificate istio-ca-secret 'ca-cert\\.pem')"
  signing="$root"
fi
if "$dry_run"; then
  exit 0
fi
if [[ -z "$root" ]]; then
  printf 'Neither cacerts nor istio-ca-secret is in %s: is istiod running?\\n' ${namespace} >&2
  exit 1
fi

mkdir -p "$directory"
base64 --decode <<<"$root" >"$directory/spiffe_root_ca.pem"
if [[ "$signing" != "$root" ]]; then
  base64 --decode <<<"$signing" >"$directory/spiffe_intermediate_ca.pem"
else
  rm -f "$directory/spiffe_intermediate_ca.pem"
fi
printf 'The authorities are in %s.\\n' "$directory"
`,
  })
}
