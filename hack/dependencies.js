// Writes docs/reference/dependencies-<service>.txt: the npm packages whose code a service's bundle holds, with their versions, so
// that a new one shows in review. `make verify` fails when a list is stale.
import { build } from "esbuild";
import { readFileSync, writeFileSync } from "node:fs";
import { bundleOptions } from "./bundle-options.js";

const SERVICES = {
  operator: "operator/src/main.ts",
  webhook: "operator/src/webhook/main.ts",
  broker: "broker/src/main.ts",
  "creds-worker": "creds-worker/src/main.ts",
  signer: "signer/src/main.ts",
  sidecar: "sidecar/src/main.ts",
  cli: "cli/src/main.ts",
};

const { metafile } = await build({ ...bundleOptions, write: false, metafile: true });

/** The chunk of an entry and every chunk it may load, now or later. */
function chunksOf(entry) {
  const [first] = Object.entries(metafile.outputs).find(([, { entryPoint }]) => entryPoint === entry);
  const found = new Set([first]);
  for (const chunk of found) for (const { path, external } of metafile.outputs[chunk].imports) if (!external) found.add(path);
  return found;
}

/** Name and version of the package a file belongs to; null for our own. */
function packageOf(file) {
  const [folder] = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file) ?? [];
  if (folder === undefined) return null;
  const { name, version } = JSON.parse(readFileSync(`${folder}/package.json`, "utf8"));
  return `${name} ${version}`;
}

for (const [service, entry] of Object.entries(SERVICES)) {
  const files = [...chunksOf(entry)].flatMap((chunk) =>
    Object.entries(metafile.outputs[chunk].inputs)
      .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
      .map(([file]) => file),
  );
  const packages = new Set(files.map(packageOf).filter((name) => name !== null));
  writeFileSync(`docs/reference/dependencies-${service}.txt`, [...packages].sort().join("\n") + "\n");
}
