/** One jest project for every workspace; sources run through swc as native ES modules. */
export default {
  testEnvironment: "node",
  testMatch: [
    "<rootDir>/{common,operator,sidecar,broker,creds-worker,signer,cli,relay,image,contracts,charts,crds,hack}/test/**/*.test.ts",
    "<rootDir>/charts/*/tests/**/*.test.ts",
  ],
  extensionsToTreatAsEsm: [".ts"],
  transform: { "\\.ts$": ["@swc/jest", { jsc: { parser: { syntax: "typescript" }, target: "es2023" }, module: { type: "es6" } }] },
  transformIgnorePatterns: ["/node_modules/"],
  testTimeout: 20000,
};
