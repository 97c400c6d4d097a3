#!/usr/bin/env bash
# Compiles the contracts with npm's solc and writes generated/index.ts. Offline; same input, same output.
set -euo pipefail
cd "$(dirname "$0")"
PATH=$PWD/../node_modules/.bin:$PATH
../node_modules/@foundry-rs/forge-linux-amd64/bin/forge build --silent
node generate.js
