// Bundles image/main.ts into dist/.
import { build } from "esbuild";
import { rmSync } from "node:fs";
import { bundleOptions } from "./bundle-options.ts";

rmSync("dist/image", { recursive: true, force: true });
await build(bundleOptions);
