// Writes docs/reference/dependencies-<service>.txt: the npm packages whose code a service's bundle holds, with their versions, so
// that a new one shows in review; `on demand` are those that no start loads. `make verify` fails when a list is stale.
import { build } from "esbuild";
import { readFileSync, writeFileSync } from "node:fs";
import { bundleOptions } from "./bundle-options.ts";

const SERVICES = {
  operator: "operator/src/main.ts",
  webhook: "operator/src/webhook/main.ts",
  broker: "broker/src/main.ts",
  auditor: "broker/src/auditor/main.ts",
  "creds-worker": "creds-worker/src/main.ts",
  signer: "signer/src/main.ts",
  sidecar: "sidecar/src/main.ts",
  relay: "relay/src/main.ts",
  daemon: "sidecar/src/daemon/main.ts",
  cli: "cli/src/main.ts",
};

const { metafile } = await build({ ...bundleOptions, write: false, metafile: true });

/** The chunk of an entry and every chunk it loads at its start, or with `isLater` may load at any time. */
function chunksOf(entry, isLater) {
  const [first] = Object.entries(metafile.outputs).find(([, { entryPoint }]) => entryPoint === entry);
  const found = new Set([first]);
  for (const chunk of found)
    for (const { path, external, kind } of metafile.outputs[chunk].imports)
      if (!external && (isLater || kind !== "dynamic-import")) found.add(path);
  return found;
}

/** Name and version of the package a file belongs to; null for our own. */
function packageOf(file) {
  const [folder] = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file) ?? [];
  if (folder === undefined) return null;
  const { name, version } = JSON.parse(readFileSync(`${folder}/package.json`, "utf8"));
  return `${name} ${version}`;
}

function packagesIn(chunks) {
  const files = [...chunks].flatMap((chunk) =>
    Object.entries(metafile.outputs[chunk].inputs)
      .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
      .map(([file]) => file),
  );
  // Those that are found beside the bundle instead of in it.
  const outside = [...chunks]
    .flatMap((chunk) => metafile.outputs[chunk].imports.map(({ path }) => path))
    .filter((path) => bundleOptions.external.includes(path))
    .map((path) => `node_modules/${path}/`);
  return new Set([...files, ...outside].map(packageOf).filter((name) => name !== null));
}

for (const [service, entry] of Object.entries(SERVICES)) {
  const atStart = packagesIn(chunksOf(entry, false));
  const lines = [...packagesIn(chunksOf(entry, true))].map((name) => (atStart.has(name) ? name : `${name} on demand`));
  writeFileSync(`docs/reference/dependencies-${service}.txt`, lines.sort().join("\n") + "\n");
}
