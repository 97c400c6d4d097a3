/** The layers of ARCHITECTURE.md, checked by `make check`. */
const services = "operator|sidecar|broker|creds-worker|signer|cli|relay";
module.exports = {
  forbidden: [
    { name: "no-cycles", severity: "error", from: {}, to: { circular: true } },
    {
      name: "common-imports-no-service",
      severity: "error",
      from: { path: "^common/", pathNot: "/test/" },
      to: { path: `^(${services}|image)/` },
    },
    {
      name: "services-do-not-import-each-other",
      severity: "error",
      // bin/ starts things, as image/ does.
      from: { path: `^(${services})/`, pathNot: "/test/|^cli/bin/" },
      to: { path: `^(${services}|image)/`, pathNot: "^$1/" },
    },
    {
      name: "kubernetes-client-only-in-operator",
      severity: "error",
      from: { pathNot: "^operator/" },
      to: { path: "@kubernetes/client-node" },
    },
    {
      name: "a-pods-sidecar-loads-no-native-code-and-no-chain",
      severity: "error",
      from: { path: "^sidecar/src/", pathNot: "^sidecar/src/daemon/" },
      to: { path: "^sidecar/src/daemon/|node_modules/koffi|^common/src/(delegation|budget|workstation|device-client|chain)/" },
    },
    { name: "no-ethers-in-sidecar", severity: "error", from: { path: "^sidecar/" }, to: { path: "node_modules/ethers|^contracts/" } },
    {
      name: "testing-only-in-tests",
      severity: "error",
      from: { pathNot: "/tests?/|^(e2e|bench)/|^common/src/testing/" },
      to: { path: "^common/src/testing/" },
    },
    {
      name: "domain-does-no-io",
      severity: "error",
      from: { path: "/src/domain/" },
      to: {
        path: "^(node:)?(fs|net|http|https|http2|dns|child_process)$|node_modules/(express|undici|ethers|winston|prom-client|@kubernetes|@aws-sdk)",
      },
    },
    {
      name: "only-one-module-knows-node-jose",
      severity: "error",
      from: { pathNot: "^common/src/jose/|/test/" },
      to: { path: "node_modules/node-jose" },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "node", "default"], extensions: [".ts", ".js"] },
  },
};
