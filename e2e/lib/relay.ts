/** The relay of docs/how-to/relay.md in the release: TLS of its own, a volume, and a wallet that pays. */
import { chmod, mkdir, rm } from "node:fs/promises";
import { Wallet } from "ethers";
import { makeCertificate } from "./certificate.ts";
import { setBalance } from "./chains.ts";
import { apply, forward, kubectl, secretObject, STATE, SYSTEM } from "./kube.ts";
import { agentkeysWith } from "./world.ts";

const NAME = "agentkeys-relay";
const PORT = 8095;
/** The local cluster makes no volumes by itself. */
const FOLDER = `${STATE}/${NAME}`;

export interface Relay {
  /** Address of the wallet that pays. */
  payer: string;
  caFile: string;
}

/** The volume that the relay claims, on this machine. */
const volume = {
  apiVersion: "v1",
  kind: "PersistentVolume",
  metadata: { name: NAME, labels: { "e2e.agentkeys.io/made": "true" } },
  spec: {
    accessModes: ["ReadWriteOnce"],
    capacity: { storage: "1Gi" },
    claimRef: { namespace: SYSTEM, name: NAME },
    local: { path: FOLDER },
    nodeAffinity: {
      required: { nodeSelectorTerms: [{ matchExpressions: [{ key: "kubernetes.io/os", operator: "In", values: ["linux"] }] }] },
    },
  },
};

/** Makes what it needs and answers the values that start it for one wallet. */
export async function prepareRelay(of: { wallet: string; chainUrl: string }): Promise<{ relay: Relay; values: string[] }> {
  const payer = Wallet.createRandom();
  const { cert, key, certFile } = makeCertificate(["IP:127.0.0.1"]);
  await setBalance(of.chainUrl, payer.address, 10n);
  await mkdir(FOLDER, { recursive: true });
  await chmod(FOLDER, 0o777);
  await apply(
    volume,
    secretObject("relay-wallet", { privateKey: payer.privateKey.slice(2) }),
    secretObject("relay-tls", { "tls.crt": cert, "tls.key": key }),
  );
  const values = ["relay.enabled=true", "relay.walletSecret=relay-wallet", "relay.tlsSecret=relay-tls", `relay.wallets={${of.wallet}}`];
  return { relay: { payer: payer.address, caFile: certFile }, values };
}

/** Runs a command whose transaction the relay carries. */
export async function throughRelay({ caFile }: Relay, ...args: string[]): Promise<string> {
  const { port, close } = await forward(SYSTEM, `service/${NAME}`, PORT);
  try {
    const variables = { NODE_EXTRA_CA_CERTS: caFile };
    return await agentkeysWith({ variables }, ...args, "--relay", `https://127.0.0.1:${port}`);
  } finally {
    close();
  }
}

/** Takes away what the release does not take with it. */
export async function removeRelay(): Promise<void> {
  const objects = [`pvc/${NAME}`, "secret/relay-wallet", "secret/relay-tls"];
  await kubectl("-n", SYSTEM, "delete", ...objects, "--ignore-not-found", "--wait=false");
  await kubectl("delete", "pv", NAME, "--ignore-not-found", "--wait=false");
  await rm(FOLDER, { recursive: true, force: true });
}
