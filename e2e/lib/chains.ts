/** Chains beside the evaluation profile's own: another one in the cluster, and coins on either. */
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Wallet } from "ethers";
import { fundWithAnvil } from "@agentkeys/contracts/deploy";
import { apply, eventually, kubectl, serviceUrl, steady } from "./kube.ts";
import { agentkeys, PROVIDER } from "./world.ts";

const IMAGE = "localhost/agentkeys-evaluation:dev";
const PORT = 8545;
const metadata = { name: "base-sepolia", namespace: PROVIDER };
const labels = { app: metadata.name };

/** A chain with the id and the finality rule of a public one, with contracts to which a deployment may move. */
export interface OtherChain {
  name: string;
  /** Reached by pods and from here. */
  url: string;
  /** Its contracts. */
  chainFile: string;
  remove(): Promise<void>;
}

/** How many coins an account has on a local chain from now on. */
export const setBalance = (url: string, address: string, coins: bigint): Promise<void> => fundWithAnvil(url, address, coins * 10n ** 18n);

/** Starts chain 84532 with a block a second, each safe one later, and deploys there as docs/how-to/switch-chain.md says. */
export async function startChain(): Promise<OtherChain> {
  const command = ["/opt/agentkeys/bin/anvil", "--host", "0.0.0.0", "--port", String(PORT), "--chain-id", "84532", "--silent"];
  const blocks = ["--block-time", "1", "--mixed-mining", "--slots-in-an-epoch", "1", "--accounts", "0"];
  const container = {
    ...{ name: "chain", image: IMAGE, imagePullPolicy: "IfNotPresent", command: [...command, ...blocks] },
    env: [{ name: "HOME", value: "/tmp" }],
    ...steady({ tcpSocket: { port: PORT } }),
  };
  const template = { metadata: { labels }, spec: { terminationGracePeriodSeconds: 1, containers: [container] } };
  await apply(
    { apiVersion: "apps/v1", kind: "Deployment", metadata, spec: { selector: { matchLabels: labels }, template } },
    { apiVersion: "v1", kind: "Service", metadata, spec: { selector: labels, ports: [{ name: "rpc", port: PORT }] } },
  );
  await kubectl("-n", PROVIDER, "rollout", "status", `deployment/${metadata.name}`, "--timeout=60s");
  const url = await serviceUrl(PROVIDER, metadata.name, PORT);
  const deployer = Wallet.createRandom();
  await eventually("the other chain answers", 20, async () => {
    await setBalance(url, deployer.address, 100n);
    return true;
  });
  const folder = await mkdtemp(join(tmpdir(), "agentkeys-other-"));
  const [wallet, chainFile] = [join(folder, "key"), join(folder, "chain.json")];
  await writeFile(wallet, deployer.privateKey.slice(2), { mode: 0o600 });
  const { epoch } = JSON.parse(await agentkeys("rotate", "status", "--json")) as { epoch: number };
  const { name } = metadata;
  const deploy = ["chain", "deploy", "--profile", name, "--rpc-url", url, "--name", name, "--epoch", String(epoch), "--forwarder", "new"];
  await agentkeys(...deploy, "--wallet-file", wallet, "--out", chainFile);
  const remove = async (): Promise<void> => {
    await kubectl("-n", PROVIDER, "delete", "deployment,service", name, "--wait=false");
  };
  return { name, url, chainFile, remove };
}
