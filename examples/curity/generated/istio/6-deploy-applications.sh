#!/usr/bin/env bash
# Deploys the OAuth clients, each under a service account of its own.
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

kubectl apply -f 6-applications/applications.mywebsite.yaml
kubectl -n applications rollout status deployment/mywebsite --timeout=300s
