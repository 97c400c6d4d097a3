// Bundles image/main.ts into dist/: one chunk for each service, so that a sidecar never loads the operator's code.
import { build } from "esbuild";
import { rmSync } from "node:fs";

rmSync("dist/image", { recursive: true, force: true });
await build({
  entryPoints: { main: "image/main.ts" },
  outdir: "dist/image",
  bundle: true,
  splitting: true,
  minify: true,
  keepNames: true,
  format: "esm",
  platform: "node",
  target: "node24",
  banner: { js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);' },
  logLevel: "warning",
});
