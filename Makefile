# The manual is `make help`.
SHELL := /bin/bash
NODE := node_modules/.bin/node
RUN := $(NODE) node_modules/.bin
JEST = mkdir -p dist/results && NODE_OPTIONS=--experimental-vm-modules $(RUN)/jest --json --outputFile=dist/results/$@.json

.PHONY: help setup check lint types layers unit component contracts test e2e build image bench demo generate verify clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z0-9]+:.*## / {printf "  %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## Install packages, npm dependencies and the cluster's binaries (a second run does nothing)
	@hack/setup.sh

check: ## Lint, types, layers and unit tests, two at a time
	@$(MAKE) --no-print-directory --output-sync=target -j2 -k lint types layers unit

lint:
	@$(RUN)/eslint . --max-warnings=0
	@$(RUN)/prettier --check --log-level=warn .

types:
	@$(RUN)/tsc -p tsconfig.json --noEmit

layers:
	@$(RUN)/depcruise --config .dependency-cruiser.cjs common operator sidecar broker creds-worker signer cli relay image

unit:
	@$(JEST) --testPathIgnorePatterns '/node_modules/' '\.component\.test\.ts$$'

component: ## Whole processes and their real peers: chain, object store, helm, SDKs
	@$(JEST) --testPathPatterns '\.component\.test\.ts$$'

contracts: ## Forge unit, fuzz and invariant tests
	@mkdir -p dist/results
	@cd contracts && PATH=$$PWD/../node_modules/.bin:$$PATH ../node_modules/@foundry-rs/forge-linux-amd64/bin/forge test --json > ../dist/results/forge.json

test: ## Everything, end to end on the real cluster included; one closing line
	@hack/test.sh

e2e: ## Scenarios on the real cluster (SCENARIOS="03" picks)
	@hack/cluster/up.sh
	@hack/image.sh
	@$(NODE) e2e/run.ts $(SCENARIOS)

build: ## Bundle every service into dist/
	@$(NODE) hack/bundle.js

image: ## Build the images and load them into the local cluster
	@hack/image.sh

bench: ## Speed against peers, side by side in one run; writes docs/reference/performance.md
	@$(NODE) bench/run.ts

demo: setup ## Cluster, chart, one binding, one annotated pod, a streamed answer, a revocation
	@hack/demo.sh

generate: ## Contract ABI, CRD types, compiled schemas, the chart's copies, README, dashboards and golden renderings, the reference pages, what each bundle holds
	@contracts/build.sh
	@$(NODE) hack/crd-types.js
	@$(NODE) hack/wallet-page.js
	@$(NODE) hack/schema-checks.ts
	@$(NODE) hack/workload-proto.js
	@$(NODE) hack/policies.js
	@cp crds/*.yaml charts/agentkeys/crds/
	@$(NODE) hack/dashboards/write.ts
	@$(NODE) hack/chart.ts
	@$(NODE) hack/reference.ts
	@$(NODE) hack/dependencies.js

verify: generate ## Fail when something generated is stale, or gas has changed
	@git diff --exit-code -- '**/generated' charts/agentkeys docs/reference
	@cd contracts && PATH=$$PWD/../node_modules/.bin:$$PATH ../node_modules/@foundry-rs/forge-linux-amd64/bin/forge snapshot --check --no-match-test 'testFuzz|invariant' >/dev/null

clean: ## Remove AgentKeys, the local cluster, its images and everything built (the cache stays)
	-@hack/uninstall.sh
	-@hack/cluster/down.sh
	-@buildah --storage-driver vfs rmi -f localhost/agentkeys:dev localhost/agentkeys-evaluation:dev localhost/agentkeys-e2e:dev >/dev/null 2>&1
	@rm -rf dist contracts/out contracts/cache
