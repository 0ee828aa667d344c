#!/usr/bin/env bash
# Installs Istio 1.31.1 with the trust domain curitydemo.
# CACERTS_DIRECTORY=DIR takes an authority of your own: ca-cert.pem, ca-key.pem, root-cert.pem and
# cert-chain.pem. Without it istiod makes one for itself. ISTIO_CHARTS=URL takes another Helm
# repository.
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

charts="${ISTIO_CHARTS:-https://istio-release.storage.googleapis.com/charts}"

if [[ -n "${CACERTS_DIRECTORY:-}" ]]; then
  manifest="$(kubectl create namespace istio-system --dry-run=client -o yaml)"
  kubectl apply -f - <<<"$manifest"
  manifest="$(kubectl -n istio-system create secret generic cacerts \
    --from-file=ca-cert.pem="$CACERTS_DIRECTORY/ca-cert.pem" \
    --from-file=ca-key.pem="$CACERTS_DIRECTORY/ca-key.pem" \
    --from-file=root-cert.pem="$CACERTS_DIRECTORY/root-cert.pem" \
    --from-file=cert-chain.pem="$CACERTS_DIRECTORY/cert-chain.pem" \
    --dry-run=client -o yaml)"
  kubectl apply -f - <<<"$manifest"
fi

helm upgrade --install istio-base base --repo "$charts" --version 1.31.1 \
  --namespace istio-system --create-namespace --set global.istioNamespace=istio-system --wait

helm upgrade --install istiod istiod --repo "$charts" --version 1.31.1 \
  --namespace istio-system --values 2-service-mesh/istiod.yaml --wait
