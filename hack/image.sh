#!/usr/bin/env bash
# Builds localhost/agentkeys:dev, localhost/agentkeys-evaluation:dev and localhost/agentkeys-e2e:dev and loads them into the
# local cluster. BASE overrides the base image (default: the one hack/cluster/images.sh makes).
set -euo pipefail
cd "$(dirname "$0")/.."
export AGENTKEYS_CACHE=${AGENTKEYS_CACHE:-$HOME/.cache/agentkeys/cluster}
BASE=${BASE:-localhost/node:1}
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
bud() { buildah --storage-driver vfs bud -q --isolation chroot --build-arg "BASE=$BASE" "$@" >/dev/null; }

hack/cluster/images.sh
echo "image: bundling"
node_modules/.bin/node hack/bundle.js
echo "image: agentkeys:dev"
mkdir -p "$work/main/dist" && cp -r dist/image "$work/main/dist/" && cp package.json "$work/main/"
bud -t localhost/agentkeys:dev -f Dockerfile "$work/main"

stamp="$AGENTKEYS_CACHE/img/evaluation.stamp"
want=$(sha256sum package-lock.json hack/Dockerfile.evaluation "$AGENTKEYS_CACHE/bin/minio" | sha256sum)
if [ "$(cat "$stamp" 2>/dev/null)" != "$want" ]; then
  echo "image: agentkeys-evaluation:dev"
  mkdir "$work/evaluation" && cp node_modules/@foundry-rs/anvil-linux-amd64/bin/anvil "$AGENTKEYS_CACHE/bin/minio" "$work/evaluation/"
  bud -t localhost/agentkeys-evaluation:dev -f hack/Dockerfile.evaluation "$work/evaluation"
  echo "$want" > "$stamp"
fi

echo "image: agentkeys-e2e:dev"
mkdir -p "$work/e2e/e2e/node_modules/@anthropic-ai"
cp e2e/clients/* "$work/e2e/e2e/"
cp -rL node_modules/openai "$work/e2e/e2e/node_modules/"
cp -rL node_modules/@anthropic-ai/sdk "$work/e2e/e2e/node_modules/@anthropic-ai/"
for dependency in @opentelemetry/api standardwebhooks @stablelib fast-sha256 json-schema-to-ts ts-algebra @babel/runtime; do
  [ -d "node_modules/$dependency" ] && mkdir -p "$work/e2e/e2e/node_modules/$(dirname "$dependency")" && cp -rL "node_modules/$dependency" "$work/e2e/e2e/node_modules/$dependency"
done
bud -t localhost/agentkeys-e2e:dev -f hack/Dockerfile.e2e "$work/e2e"
echo "image: loading into the cluster"
hack/cluster/load.sh localhost/agentkeys:dev localhost/agentkeys-evaluation:dev localhost/agentkeys-e2e:dev
