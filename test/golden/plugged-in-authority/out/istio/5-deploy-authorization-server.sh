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
  "$dry_run" || kubectl -n identity get "$1" "$2" >/dev/null 2>&1
}

if [[ -n "${CURITY_CONFIG:-}" ]]; then
  manifest="$(kubectl -n identity create configmap "$own" \
    --from-file="$own=$CURITY_CONFIG" --dry-run=client -o yaml)"
  kubectl apply -f - <<<"$manifest"
elif ! present configmap "$own"; then
  printf 'CURITY_CONFIG=FILE must name the base configuration of the server: profiles, data source, keys.\n' >&2
  exit 1
fi

if [[ -n "${LICENSE_KEY:-}" && -n "${ADMIN_PASSWORD:-}" ]]; then
  manifest="$(kubectl -n identity create secret generic idsvr-secrets --from-env-file=/dev/stdin \
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
  mesh="$(openssl x509 -in "$signing" -noout -fingerprint -sha256)"
  found=false
  for file in ../curity/authorities/*.pem; do
    if [[ "$(openssl x509 -in "$file" -noout -fingerprint -sha256)" == "$mesh" ]]; then
      found=true
    fi
  done
  if ! "$found"; then
    printf 'The mesh signs by %s, which trustBundles of sidecert.yaml does not have: add it and generate again.\n' "$signing" >&2
    exit 1
  fi
fi

manifest="$(kubectl -n identity create configmap sidecert-config \
  --from-file=trust-store.xml=../curity/trust-store.xml \
  --from-file=clients.xml=../curity/clients.xml \
  --from-file=token-procedures.xml=../curity/token-procedures.xml \
  --dry-run=client -o yaml)"
kubectl apply -f - <<<"$manifest"

helm upgrade --install curity idsvr --repo "$charts" --namespace identity \
  --values 5-authorization-server/values.yaml --wait --timeout 10m
