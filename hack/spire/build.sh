#!/usr/bin/env bash
# Builds SPIRE's server and agent, which the component test of workloads talks to: build.sh <folder>. They are SPIRE as released but for
# plugins of clouds, Kubernetes and TPMs: their SDKs are most of what there is to compile, and nothing here uses them.
set -euo pipefail
cd "$(dirname "$0")"
out=$1
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
cp -r "$(go mod download -json github.com/spiffe/spire | sed -n 's/^\t"Dir": "\(.*\)",$/\1/p')" "$work/spire"
chmod -R u+w "$work/spire"
left_out='aws[a-z0-9]+|azure[a-z]+|gcp[a-z]+|gcsbundle|k8s[a-z]*|docker|systemd|sshpop|tpmdevid|certmanager|ejbca|vault|spireplugin'
sed -Ei -e "\#/plugin/[a-z]+/($left_out)\"\$#d" -e "\#^\tspireplugin #d" -e "\#^\t\t($left_out)\.BuiltIn\(\),\$#d" "$work"/spire/pkg/{server,agent}/catalog/*.go
cp go.mod go.sum "$work"
go mod edit -replace "github.com/spiffe/spire=$work/spire" "$work/go.mod"
CGO_ENABLED=1 go build -modfile "$work/go.mod" -trimpath -ldflags '-s -w' -o "$out/" \
  github.com/spiffe/spire/cmd/spire-server github.com/spiffe/spire/cmd/spire-agent
