#!/usr/bin/env bash
# Runs every numbered deployment script in order. Run it again at will: what is there stays.
# Each script says at its head which environment variables it takes.
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

set --
if "$dry_run"; then
  set -- --dry-run
fi
printf '# %s\n' 1-create-cluster.sh
./1-create-cluster.sh "$@"
printf '# %s\n' 2-deploy-service-mesh.sh
./2-deploy-service-mesh.sh "$@"
printf '# %s\n' 3-prepare-namespaces.sh
./3-prepare-namespaces.sh "$@"
printf '# %s\n' 4-protect-authorization-server.sh
./4-protect-authorization-server.sh "$@"
printf '# %s\n' 5-deploy-authorization-server.sh
./5-deploy-authorization-server.sh "$@"
printf '# %s\n' 6-deploy-applications.sh
./6-deploy-applications.sh "$@"
