#!/usr/bin/env bash
# The main job on a real cluster, step by step with times: install, one binding, one annotated pod that streams, a revocation on
# chain that cuts the stream. Leaves the cluster up; `make clean` removes everything.
set -euo pipefail
cd "$(dirname "$0")/.."
export AGENTKEYS_CACHE=${AGENTKEYS_CACHE:-$HOME/.cache/agentkeys/cluster}
export KUBECONFIG=${KUBECONFIG:-${AGENTKEYS_STATE:-/var/lib/agentkeys-cluster}/admin.kubeconfig} PATH=$AGENTKEYS_CACHE/bin:$PATH
start=$(date +%s)
step() { printf '\n\033[1m[%3ss] %s\033[0m\n' "$(($(date +%s) - start))" "$*"; }

step "A real one-node Kubernetes cluster"
hack/cluster/up.sh
step "Images, built here and loaded into it"
hack/image.sh
step "helm install, a stub provider, one binding, the SDKs, then revocation: every step is a test"
node_modules/.bin/node e2e/run.ts 01 03
step "What the cluster says now"
kubectl get agentkeysbindings,agentkeysservices -A
echo
kubectl -n team-a logs again -c app | head -4
cat <<TEXT

The cluster stays up. To look around:
  export KUBECONFIG=$KUBECONFIG PATH=$AGENTKEYS_CACHE/bin:\$PATH
  kubectl get akb -A -o wide
  kubectl -n team-a get pod again -o yaml          # a placeholder, no key
  kubectl -n team-a logs again -c agentkeys-proxy  # one audit row a call
  npx agentkeys explain pod team-a/again
  npx agentkeys status
Remove everything: make clean
TEXT
