#!/usr/bin/env bash
# The main job on a real cluster, step by step with times; leaves the cluster up. `make clean` removes everything.
set -euo pipefail
cd "$(dirname "$0")/.."
export AGENTKEYS_CACHE=${AGENTKEYS_CACHE:-$HOME/.cache/agentkeys/cluster}
export KUBECONFIG=${KUBECONFIG:-${AGENTKEYS_STATE:-/var/lib/agentkeys-cluster}/admin.kubeconfig} PATH=$AGENTKEYS_CACHE/bin:$PATH
echo "A real one-node Kubernetes cluster, and images built here"
hack/cluster/up.sh
hack/image.sh
node_modules/.bin/node --disable-warning=ExperimentalWarning hack/demo.ts
cat <<TEXT

The cluster stays up. To look around:
  export KUBECONFIG=$KUBECONFIG PATH=$AGENTKEYS_CACHE/bin:\$PATH
  kubectl get akb -A -o wide
  kubectl -n team-a get pod again -o yaml          # a placeholder, no key
  kubectl -n team-a logs again -c agentkeys-proxy  # one audit row a call
  npx agentkeys explain pod team-a/again
  npx agentkeys doctor
Remove everything: make clean
TEXT
