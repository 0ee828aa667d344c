#!/usr/bin/env bash
# Fetches the certificates of the mesh's authorities into DIRECTORY (default: authorities):
# spiffe_root_ca.pem, and spiffe_intermediate_ca.pem where an intermediate signs.
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
      printf 'usage: %s [--dry-run] [DIRECTORY]\n' "$0" >&2
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

directory="${argument:-authorities}"

# Prints one certificate of a Secret, or nothing.
certificate() {
  kubectl -n istio-system get secret "$1" --ignore-not-found -o "jsonpath={.data.$2}"
}

root="$(certificate cacerts 'root-cert\.pem')"
if [[ -n "$root" ]]; then
  signing="$(certificate cacerts 'ca-cert\.pem')"
else
  root="$(certificate istio-ca-secret 'ca-cert\.pem')"
  signing="$root"
fi
if "$dry_run"; then
  exit 0
fi
if [[ -z "$root" ]]; then
  printf 'Neither cacerts nor istio-ca-secret is in %s: is istiod running?\n' istio-system >&2
  exit 1
fi

mkdir -p "$directory"
base64 --decode <<<"$root" >"$directory/spiffe_root_ca.pem"
if [[ "$signing" != "$root" ]]; then
  base64 --decode <<<"$signing" >"$directory/spiffe_intermediate_ca.pem"
else
  rm -f "$directory/spiffe_intermediate_ca.pem"
fi
printf 'The authorities are in %s.\n' "$directory"
