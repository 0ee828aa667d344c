#!/usr/bin/env bash
# Creates a cluster on this machine (kind), unless there is one of that name.
# Leave it out where you have a cluster: the other scripts work on the current context of kubectl.
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
kind() { run kind "$@"; }
kubectl() { run kubectl "$@"; }

cluster="${CLUSTER_NAME:-sidecert}"
clusters="$(kind get clusters)"
if grep -qxF -- "$cluster" <<<"$clusters"; then
  printf 'The cluster %s exists.\n' "$cluster"
else
  kind create cluster --name "$cluster" --config 1-cluster/kind.yaml --wait 5m
fi
kubectl config use-context "kind-$cluster"
