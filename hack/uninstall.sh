#!/usr/bin/env bash
# Removes AgentKeys and everything its demo and tests made from the cluster: bindings first (their finalizer revokes on chain).
set -uo pipefail
export AGENTKEYS_CACHE=${AGENTKEYS_CACHE:-$HOME/.cache/agentkeys/cluster}
export KUBECONFIG=${KUBECONFIG:-${AGENTKEYS_STATE:-/var/lib/agentkeys-cluster}/admin.kubeconfig} PATH=$AGENTKEYS_CACHE/bin:$PATH
for binding in $(kubectl get akb -A -o jsonpath='{range .items[*]}{.metadata.namespace}/{.metadata.name}{"\n"}{end}' 2>/dev/null); do
  kubectl -n "${binding%/*}" delete akb "${binding#*/}" --timeout=20s >/dev/null 2>&1 ||
    kubectl -n "${binding%/*}" patch akb "${binding#*/}" --type=merge -p '{"metadata":{"finalizers":null}}' >/dev/null
done
helm uninstall agentkeys -n agentkeys-system >/dev/null 2>&1
kubectl delete namespace -l e2e.agentkeys.io/made=true --timeout=120s >/dev/null
kubectl delete namespace agentkeys-system agentkeys-system-devices --ignore-not-found --timeout=120s >/dev/null
kubectl delete pv -l e2e.agentkeys.io/made=true --ignore-not-found --timeout=60s >/dev/null
kubectl delete crd agentkeysbindings.agentkeys.io agentkeysservices.agentkeys.io --ignore-not-found --timeout=60s >/dev/null
echo "agentkeys removed"
