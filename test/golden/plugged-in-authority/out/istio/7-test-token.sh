#!/usr/bin/env bash
# Asks for a token from the pod of a client, which sends its client_id and no secret.
# CODE with REDIRECT_URI and CODE_VERIFIER redeems an authorization code, REFRESH_TOKEN refreshes;
# without either the grant is client_credentials. SCOPE may be set.
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
  client='it'\''s & <a> client'
fi
case "$client" in
  'it'\''s & <a> client') namespace=on workload=w-1-web ;;
  batch) namespace=jobs workload=batch ;;
  *)
    printf 'There is no client %s.\n' "$client" >&2
    exit 2
    ;;
esac

set -- --data-urlencode "client_id=$client"
if [[ -n "${CODE:-}" ]]; then
  set -- "$@" --data-urlencode grant_type=authorization_code --data-urlencode "code=$CODE" \
    --data-urlencode "redirect_uri=${REDIRECT_URI:?}" \
    --data-urlencode "code_verifier=${CODE_VERIFIER:?}"
elif [[ -n "${REFRESH_TOKEN:-}" ]]; then
  set -- "$@" --data-urlencode grant_type=refresh_token \
    --data-urlencode "refresh_token=$REFRESH_TOKEN"
else
  set -- "$@" --data-urlencode grant_type=client_credentials
fi
if [[ -n "${SCOPE:-}" ]]; then
  set -- "$@" --data-urlencode "scope=$SCOPE"
fi
kubectl -n "$namespace" exec "deployment/$workload" -c "$workload" -- \
  curl -sS --fail-with-body -X POST http://login-runtime-svc.identity.svc.cluster.example:9443/oauth/v2/oauth-token "$@"
