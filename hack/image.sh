#!/usr/bin/env bash
# Builds localhost/agentkeys:dev, localhost/agentkeys-evaluation:dev and localhost/agentkeys-e2e:dev and loads them into the
# local cluster; what has not changed is neither built nor loaded again. BASE overrides the product's base image (default: the
# one hack/cluster/images.sh makes).
set -euo pipefail
cd "$(dirname "$0")/.."
export AGENTKEYS_CACHE=${AGENTKEYS_CACHE:-$HOME/.cache/agentkeys/cluster}
STATE=${AGENTKEYS_STATE:-/var/lib/agentkeys-cluster}
BASE=${BASE:-localhost/node:1}
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
store() { buildah --storage-driver vfs "$@"; }
say() { echo "image: [${SECONDS}s] $*"; }

image() { # name base Dockerfile: from the folder $work/name
  local name=$1 base=$2 file=$3 tag="localhost/$1:dev" want
  want=$({ store inspect --format '{{.FromImageID}}' "$base"; cat "$file"; tar -C "$work/$name" --sort=name --mtime=@0 --owner=0 --group=0 -cf - .; } | sha256sum)
  if [ "$(cat "$AGENTKEYS_CACHE/img/$name.built" 2>/dev/null)" != "$want" ] || ! store inspect "$tag" >/dev/null 2>&1; then
    say "building $tag"
    store bud -q --isolation chroot --build-arg "BASE=$base" -t "$tag" -f "$file" "$work/$name" >/dev/null
    echo "$want" > "$AGENTKEYS_CACHE/img/$name.built"
  fi
  if [ "$(cat "$STATE/run/$name.loaded" 2>/dev/null)" != "$want" ]; then
    say "loading $tag into the cluster"
    hack/cluster/load.sh "$tag"
    echo "$want" > "$STATE/run/$name.loaded"
  fi
}

mkdir -p "$AGENTKEYS_CACHE/img" "$work"/agentkeys/dist "$work"/agentkeys-evaluation "$work"/agentkeys-e2e/e2e/node_modules
hack/cluster/images.sh
say "bundling"
node_modules/.bin/node hack/bundle.js
cp -r dist/image "$work/agentkeys/dist/" && cp package.json "$work/agentkeys/"
image agentkeys "$BASE" Dockerfile

cp node_modules/@foundry-rs/anvil-linux-amd64/bin/anvil "$AGENTKEYS_CACHE/bin/minio" "$work/agentkeys-evaluation/"
image agentkeys-evaluation "$BASE" hack/Dockerfile.evaluation

cp e2e/clients/* "$work/agentkeys-e2e/e2e/"
node_modules/.bin/node hack/client-packages.js "$work/agentkeys-e2e/e2e/node_modules"
image agentkeys-e2e localhost/client:1 hack/Dockerfile.e2e
say "images are in the cluster"
