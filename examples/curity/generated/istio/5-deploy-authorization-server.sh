#!/usr/bin/env bash
# Deploys the Curity Identity Server, which trusts the authorities of the mesh.
# CURITY_CONFIG=FILE is its base configuration (XML), LICENSE_KEY and ADMIN_PASSWORD are its own: each
# is needed once. CURITY_CHARTS=URL takes another Helm repository.
# The server reads these files when a node first starts; restart it after a change of them.
# Made by sidecert generate from sidecert.yaml: change that file, not this one.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

dry_run=false
for word in "$@"; do
  case "$word" in
    --dry-run) dry_run=true ;;
    *)
      printf 'usage: %s [--dry-run]\n' "$0" >&2
      exit 2
      ;;
  esac
done

exec 3>&1

# Runs a program, or with --dry-run prints the command.
run() {
  if "$dry_run"; then
    local line
    printf -v line '%q ' "$@"
    printf '%s\n' "${line% }" >&3
  else
    command "$@"
  fi
}
helm() { run helm "$@"; }
kubectl() { run kubectl "$@"; }

charts="${CURITY_CHARTS:-https://curityio.github.io/idsvr-helm/}"
own=idsvr-config

# Tells whether something is there; a dry run takes it to be.
present() {
  "$dry_run" || kubectl -n curity get "$1" "$2" >/dev/null 2>&1
}

if [[ -n "${CURITY_CONFIG:-}" ]]; then
  manifest="$(kubectl -n curity create configmap "$own" \
    --from-file="$own=$CURITY_CONFIG" --dry-run=client -o yaml)"
  kubectl apply -f - <<<"$manifest"
elif ! present configmap "$own"; then
  printf 'CURITY_CONFIG=FILE must name the base configuration of the server: profiles, data source, keys.\n' >&2
  exit 1
fi

if [[ -n "${LICENSE_KEY:-}" && -n "${ADMIN_PASSWORD:-}" ]]; then
  manifest="$(kubectl -n curity create secret generic idsvr-secrets --from-env-file=/dev/stdin \
    --dry-run=client -o yaml <<<"LICENSE_KEY=$LICENSE_KEY
ADMIN_PASSWORD=$ADMIN_PASSWORD")"
  kubectl apply -f - <<<"$manifest"
elif ! present secret idsvr-secrets; then
  printf 'LICENSE_KEY and ADMIN_PASSWORD must be set.\n' >&2
  exit 1
fi

if "$dry_run"; then
  ./retrieve-authorities.sh --dry-run authorities
else
  ./retrieve-authorities.sh authorities
  signing=authorities/spiffe_root_ca.pem
  if [[ -f authorities/spiffe_intermediate_ca.pem ]]; then
    signing=authorities/spiffe_intermediate_ca.pem
  fi
  about="$(openssl x509 -in "$signing" -noout -text)"
  if [[ "$signing" != authorities/spiffe_root_ca.pem ||
    "$about" != *rsaEncryption* || "$about" != *'(2048 bit)'* ]]; then
    printf 'The mesh has an authority of its own kind: name it in trustBundles of sidecert.yaml and generate again.\n' >&2
    exit 1
  fi
fi

# Prints the base64 of a whole PEM file.
encoded() {
  if "$dry_run"; then
    printf 'BASE64_OF:%s' "$1"
  else
    base64 <"$1" | tr -d '\n'
  fi
}
manifest="$(kubectl -n curity create secret generic sidecert-authorities \
  --from-literal=SPIFFE_ROOT_CA="$(encoded authorities/spiffe_root_ca.pem)" \
  --dry-run=client -o yaml)"
kubectl apply -f - <<<"$manifest"

manifest="$(kubectl -n curity create configmap sidecert-config \
  --from-file=trust-store.xml=../curity/trust-store.xml \
  --from-file=clients.xml=../curity/clients.xml \
  --dry-run=client -o yaml)"
kubectl apply -f - <<<"$manifest"

helm upgrade --install curity idsvr --repo "$charts" --namespace curity \
  --values 5-authorization-server/values.yaml --wait --timeout 10m
