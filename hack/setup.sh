#!/usr/bin/env bash
# Installs what the project needs on a Debian machine and says what it does. A second run does nothing.
set -euo pipefail
cd "$(dirname "$0")/.."
export AGENTKEYS_CACHE=${AGENTKEYS_CACHE:-$HOME/.cache/agentkeys/cluster}
say() { echo "setup: $*"; }

packages=(runc buildah containernetworking-plugins iptables nftables conntrack busybox-static mmdebstrap iproute2 openssl)
missing=()
for package in "${packages[@]}"; do dpkg -s "$package" >/dev/null 2>&1 || missing+=("$package"); done
if [ ${#missing[@]} -gt 0 ]; then
  say "Debian packages: ${missing[*]}"
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi

if ! cmp -s package-lock.json node_modules/.package-lock.stamp; then
  say "npm packages (about 700)"
  # Not `npm ci`: where a registry offers no binaries of other platforms the lockfile cannot name them, and it refuses that.
  # `npm install` takes the locked versions of all the rest; the lockfile must come out unchanged.
  cp package-lock.json node_modules.lock.before
  npm install --no-audit --no-fund --loglevel=error
  cmp -s package-lock.json node_modules.lock.before || { mv node_modules.lock.before package-lock.json; say "package-lock.json does not fit package.json: run npm install and commit it"; exit 1; }
  rm node_modules.lock.before
  cp package-lock.json node_modules/.package-lock.stamp
fi

if [ ! -x "$AGENTKEYS_CACHE/bin/minio" ] || [ ! -x "$AGENTKEYS_CACHE/bin/helm" ] || [ ! -x "$AGENTKEYS_CACHE/bin/hyperkube" ]; then
  say "cluster binaries from source into $AGENTKEYS_CACHE (12 to 19 minutes, once)"
fi
BINARIES_ONLY=1 hack/cluster/up.sh
say "done"
