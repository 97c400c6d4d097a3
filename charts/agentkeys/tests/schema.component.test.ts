import { expect, test } from "@jest/globals";
import { PRODUCTION, render } from "./render.ts";

/** What helm says about these values. */
function refusalOf(args: readonly string[]): string {
  try {
    render(...args);
    return "accepted";
  } catch (fault) {
    return (fault as { stderr?: string }).stderr ?? "";
  }
}

test.each([
  ["image.digest=", "/image/digest"],
  ["oidcIssuer=", "/oidcIssuer"],
  ["chain.rpcUrls=null", "/chain"],
  ["chain.rpcUrls={http://rpc.example}", "/chain/rpcUrls/0"],
  ["chain.contracts.registry=", "/chain/contracts/registry"],
  ["chain.contracts.scope=", "/chain/contracts/scope"],
  ["chain.contracts.epoch=", "/chain/contracts/epoch"],
  ["chain.contracts.lens=", "/chain/contracts/lens"],
  ["store.roleArn=", "/store/roleArn"],
  ["store.bucket=", "/store/bucket"],
  ["keys.k1Secret=", "/keys/k1Secret"],
  ["keys.k2Secret=", "/keys/k2Secret"],
  ["keys.k3Secret=", "/keys/k3Secret"],
  ["externalLedger.secretName=", "/embeddedLedger/persistence/enabled"],
  ["externalLedger.secretName=", "/replicas/broker"],
])("43 the production profile is refused with %s and names %s", (value, where) => {
  expect(refusalOf([...PRODUCTION, "--set", value])).toContain(`at '${where}'`);
});

test("the production profile needs no key of the wallet: what its owner signs is then proposed", () => {
  const address = "keys.walletAddress=0x5555555555555555555555555555555555555555";
  expect(refusalOf([...PRODUCTION, "--set", `keys.walletSecret=,${address}`])).toBe("accepted");
  expect(refusalOf([...PRODUCTION, "--set", "keys.walletSecret="])).toContain("at '/keys'");
  expect(refusalOf([...PRODUCTION, "--set", address])).toContain("at '/keys'");
});

test("the production profile asks for nothing of the chain that a Secret with chain.json says", () => {
  const contracts = ["registry", "scope", "epoch", "lens", "audit"].map((name) => `chain.contracts.${name}=`);
  const values = ["chain.rpcUrls=null", "chain.quorum=1", ...contracts].flatMap((value) => ["--set", value]);
  expect(refusalOf([...PRODUCTION, ...values])).toContain("at '/chain");
  expect(refusalOf([...PRODUCTION, ...values, "--set", "chain.secretName=prod-chain"])).toBe("accepted");
});

test("the production profile takes one broker with a kept file instead of PostgreSQL", () => {
  const values = ["externalLedger.secretName=", "replicas.broker=1", "embeddedLedger.persistence.enabled=true"];
  expect(refusalOf([...PRODUCTION, ...values.flatMap((value) => ["--set", value])])).toBe("accepted");
});

test.each([
  ["profile=staging", "/profile"],
  ["clusterName=", "/clusterName"],
  ["image.digest=sha256:12", "/image/digest"],
  ["image.pullPolicy=Sometimes", "/image/pullPolicy"],
  ["chain.chainId=one", "/chain/chainId"],
  ["chain.chainId=0", "/chain/chainId"],
  ["chain.quorum=0", "/chain/quorum"],
  ["chain.finality=soon", "/chain/finality"],
  ["chain.explorerTxUrl=https://scan.example/tx", "/chain/explorerTxUrl"],
  ["chain.explorerAddressUrl=https://scan.example/address", "/chain/explorerAddressUrl"],
  ["chain.ens.registry=acme.eth", "/chain/ens/registry"],
  ["chain.contracts.lens=0x12", "/chain/contracts/lens"],
  ["chain.rpcUrls={ftp://rpc.example}", "/chain/rpcUrls/0"],
  ["store.bucket=Bad_Bucket", "/store/bucket"],
  ["store.s3Endpoint=http://minio.example", "/store/s3Endpoint"],
  ["store.roleArn=agentkeys", "/store/roleArn"],
  ["store.forcePathStyle=maybe", "/store/forcePathStyle"],
  ["keys.k1Secret=Not A Name", "/keys/k1Secret"],
  ["oidcIssuer=http://oidc.example", "/oidcIssuer"],
  ["credentialNamespaces={Team A}", "/credentialNamespaces/0"],
  ["replicas.broker=0", "/replicas/broker"],
  ["replicas.webhook=two", "/replicas/webhook"],
  ["logLevel=loud", "/logLevel"],
  ["resources.limits.memory=much", "/resources/limits/memory"],
  ["componentResources.broker.limits.memory=much", "/componentResources/broker/limits/memory"],
  ["evaluation.blockSeconds=60", "/evaluation/blockSeconds"],
  ["evaluation.persistence.enabled=perhaps", "/evaluation/persistence/enabled"],
  ["networkPolicy.apiServer.ports={0}", "/networkPolicy/apiServer/ports/0"],
  ["networkPolicy.chain.cidrs={everywhere}", "/networkPolicy/chain/cidrs/0"],
  ["tolerations[0].effect=Never", "/tolerations/0/effect"],
  ["imagePullSecrets[0].nam=x", "/imagePullSecrets/0"],
])("43 %s is refused and names %s", (value, where) => {
  expect(refusalOf(["--set", value])).toContain(`at '${where}'`);
});

test.each(["nonsense=1", "chain.rpcUrl=https://rpc.example", "keys.k4Secret=k4", "componentResources.brokr.limits.memory=1Mi"])(
  "43 an unknown value %s is refused by name",
  (value) => {
    expect(refusalOf(["--set", value])).toMatch(/additional properties .* not allowed/);
  },
);

test("a quorum larger than the list of RPC URLs is refused with both numbers", () => {
  expect(refusalOf([...PRODUCTION, "--set", "chain.quorum=3"])).toContain("chain.quorum is 3 but chain.rpcUrls has 2");
});
