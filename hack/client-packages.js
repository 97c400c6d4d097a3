// Copies the npm packages that the end-to-end clients import, with everything they depend on: client-packages.js FOLDER
import { cpSync, existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

const [into] = process.argv.slice(2);
const manifestOf = (folder) => JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
const { dependencies: clients } = manifestOf("e2e");
const seen = new Set();

function find(name, from) {
  for (let folder = from; ; folder = dirname(folder)) {
    const found = join(folder, "node_modules", name);
    if (existsSync(found)) return found;
    if (folder === "." || folder === "/") return undefined;
  }
}

function copy(name, from) {
  const folder = find(name, from);
  if (folder === undefined) throw new Error(`${name} is not installed: run make setup`);
  if (seen.has(folder)) return;
  seen.add(folder);
  cpSync(folder, join(into, folder.slice(folder.indexOf("node_modules/") + "node_modules/".length)), {
    recursive: true,
    dereference: true,
  });
  for (const dependency of Object.keys(manifestOf(folder).dependencies ?? {})) copy(dependency, folder);
}

for (const name of Object.keys(clients)) copy(name, ".");
