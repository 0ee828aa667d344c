#!/usr/bin/env bash
# Shows the certificate that the server's sidecar presents to a client: its URI SAN is
# spiffe://curitydemo/ns/curity/sa/curity-idsvr-runtime.
# Made by sidecert generate from sidecert.yaml: change that file, not this one.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

dry_run=false
argument=''
for word in "$@"; do
  case "$word" in
    --dry-run) dry_run=true ;;
    [!-]*) argument=$word ;;
    *)
      printf 'usage: %s [--dry-run] [CLIENT_ID]\n' "$0" >&2
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
kubectl() { run kubectl "$@"; }

client="${argument:-}"
if [[ -z "$client" ]]; then
  client=website-client
fi
case "$client" in
  website-client) namespace=applications workload=mywebsite ;;
  *)
    printf 'There is no client %s.\n' "$client" >&2
    exit 2
    ;;
esac

presented="$(kubectl -n "$namespace" exec "deployment/$workload" -c istio-proxy -- \
  openssl s_client -showcerts -connect curity-idsvr-runtime-svc.curity.svc.cluster.local:8443 \
  -CAfile /var/run/secrets/istio/root-cert.pem 2>/dev/null </dev/null || true)"
if ! "$dry_run"; then
  openssl x509 -noout -text <<<"$presented"
fi
