#!/usr/bin/env bash
# Builds prom-rules, which runs the unit tests of our alerts: build.sh <folder>. Its engine and its reading of tests are Prometheus's as
# released; promtool whole takes twice as long to compile, for SDKs of clouds and of Kubernetes that nothing here uses.
set -euo pipefail
cd "$(dirname "$0")"
out=$1
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
cp go.mod go.sum main.go "$work"
cp "$(go mod download -json github.com/prometheus/prometheus | sed -n 's/^\t"Dir": "\(.*\)",$/\1/p')/cmd/promtool/unittest.go" "$work"
go -C "$work" build -trimpath -ldflags '-s -w' -o "$out/prom-rules" .
