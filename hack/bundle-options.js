/** How image/main.ts becomes one chunk for each service, so that a sidecar never loads the operator's code. */
export const bundleOptions = {
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
};
