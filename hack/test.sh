#!/usr/bin/env bash
# Every test of the project; ends with one line `N passed, N failed` that adds up jest, forge and the cluster's scenarios.
set -uo pipefail
cd "$(dirname "$0")/.."
export AGENTKEYS_CACHE=${AGENTKEYS_CACHE:-$HOME/.cache/agentkeys/cluster}
hack/setup.sh || exit 1
rm -rf dist
broken=0
step() {
  echo "== $1"
  "${@:2}" || { echo "!! $1 failed"; broken=1; }
}
step "generated files are fresh" make --no-print-directory verify
step "lint, types, layers, unit tests" make --no-print-directory check
step "component tests" make --no-print-directory component
step "contracts" make --no-print-directory contracts
KUBECONFIG=${KUBECONFIG:-${AGENTKEYS_STATE:-/var/lib/agentkeys-cluster}/admin.kubeconfig}
"$AGENTKEYS_CACHE/bin/kubectl" --kubeconfig "$KUBECONFIG" --request-timeout=5s get --raw /readyz >/dev/null 2>&1 || hack/cluster/down.sh
step "cluster" hack/cluster/up.sh
step "clean slate" hack/uninstall.sh
step "images" hack/image.sh
step "end to end" node_modules/.bin/node e2e/run.ts
node_modules/.bin/node hack/summary.js "$broken"
