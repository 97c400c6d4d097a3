import type { BuildOptions, Plugin } from "esbuild";

/**
 * An ESM import of `node:http` reads every export of it, and three of them load Node's own fetch and WebSocket client, which nobody
 * here uses: 13 ms of CPU and 1 MiB of a sidecar's start. Asked for as CommonJS it does not.
 */
const httpWithoutFetch: Plugin = {
  name: "http-without-fetch",
  setup(builder) {
    builder.onResolve({ filter: /^(node:)?http$/ }, ({ kind }) =>
      kind === "import-statement" ? { path: "node:http", namespace: "without-fetch" } : undefined,
    );
    builder.onLoad({ filter: /.*/, namespace: "without-fetch" }, () => ({
      contents: 'module.exports = process.getBuiltinModule("node:http");',
    }));
  },
};

/** How whatever runs on Node is bundled. */
export const nodeOptions: BuildOptions = {
  bundle: true,
  splitting: true,
  // Names stay as they are: traces are read by people, and keeping short ones' names costs a call for every closure that is made.
  minifySyntax: true,
  minifyWhitespace: true,
  format: "esm",
  platform: "node",
  target: "node24",
  banner: { js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);' },
  logLevel: "warning",
};

/** How image/main.ts becomes one chunk for each service, so that a sidecar never loads the operator's code. */
export const bundleOptions: BuildOptions = {
  ...nodeOptions,
  entryPoints: { main: "image/main.ts" },
  outdir: "dist/image",
  // Native code, which only the daemon of a workstation loads: it is found in node_modules there, and the image holds none.
  external: ["koffi"],
  plugins: [httpWithoutFetch],
};
