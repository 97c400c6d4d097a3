#!/usr/bin/env bash
# Installs what the project needs on a Debian machine and says what it does. A second run does nothing.
set -euo pipefail
cd "$(dirname "$0")/.."
export AGENTKEYS_CACHE=${AGENTKEYS_CACHE:-$HOME/.cache/agentkeys/cluster}
say() { echo "setup: $*"; }

packages=(runc buildah containernetworking-plugins iptables nftables conntrack busybox-static mmdebstrap iproute2 openssl postgresql chromium gcc libc6-dev)
missing=()
for package in "${packages[@]}"; do dpkg -s "$package" >/dev/null 2>&1 || missing+=("$package"); done
if [ ${#missing[@]} -gt 0 ]; then
  say "Debian packages: ${missing[*]}"
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi

if ! cmp -s package-lock.json node_modules/.package-lock.stamp; then
  say "npm packages (about 700)"
  # Not `npm ci`: it refuses a lockfile whose optional binaries of other platforms a registry does not offer.
  # `--no-save` takes the locked versions and writes nothing; `npm ls` then refuses a tree that does not fit package.json.
  npm install --no-save --no-audit --no-fund --loglevel=error
  npm ls --all >/dev/null || { say "node_modules does not fit package.json: run npm install and commit package-lock.json"; exit 1; }
  cp package-lock.json node_modules/.package-lock.stamp
fi

if [ ! -x "$AGENTKEYS_CACHE/bin/minio" ] || [ ! -x "$AGENTKEYS_CACHE/bin/helm" ] || [ ! -x "$AGENTKEYS_CACHE/bin/hyperkube" ]; then
  say "cluster binaries from source into $AGENTKEYS_CACHE (12 to 19 minutes, once)"
fi
BINARIES_ONLY=1 hack/cluster/up.sh
if [ ! -x "$AGENTKEYS_CACHE/bin/spire-server" ] || [ ! -x "$AGENTKEYS_CACHE/bin/spire-agent" ]; then
  say "SPIRE server and agent from source, for the component test of workloads (3 to 6 minutes, once)"
  hack/spire/build.sh "$AGENTKEYS_CACHE/bin"
fi
[ -x "$AGENTKEYS_CACHE/bin/hcl-eval" ] || { say "reader of Terraform's language, for tests"; go -C hack/hcl build -trimpath -ldflags '-s -w' -o "$AGENTKEYS_CACHE/bin/hcl-eval" .; }
[ -x "$AGENTKEYS_CACHE/bin/prom-rules" ] || { say "Prometheus's rule engine from source, for tests of alerts (2 to 3 minutes, once)"; hack/prometheus/build.sh "$AGENTKEYS_CACHE/bin"; }
say "done"
