#!/usr/bin/env bash
# Puts filters and policies in front of the server, before the server is there to believe a header.
# FORWARDING=WAY takes another way of forwarding.
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
kubectl() { run kubectl "$@"; }

forwarding="${FORWARDING:-ext-authz}"
case "$forwarding" in
  lua | native | ext-authz) ;;
  *)
    printf 'FORWARDING is one of: lua, native, ext-authz\n' >&2
    exit 2
    ;;
esac
if [[ "$forwarding" == ext-authz ]]; then
  kubectl apply -k ext-authz/service
fi
kubectl apply -f "$forwarding/envoyfilter.yaml"
kubectl apply -f 4-access/authorization-policies.yaml
kubectl apply -f 4-access/gateways.yaml
kubectl apply -f 4-access/policies/token-endpoint.yaml
