import assert from "node:assert/strict";
import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encryptKeystoreJson, Wallet } from "ethers";
import { apply, eventually, getJson, kubectl } from "../lib/kube.ts";
import { agentkeys, agentPod, agentTemplate, logsWith, TEAM_A, waitReady, walletFile } from "../lib/world.ts";
import type { Scenario } from "./index.ts";

const NAME = "signed-by-hand";
const BINDING = `${TEAM_A}/${NAME}`;
const PASSWORD = "a password of the tests";

interface Binding {
  status?: {
    proposals?: { words: string }[];
    transactions?: { hash: string; action: string }[];
    conditions?: { type: string; reason: string }[];
  };
}
interface Applied {
  action: string;
  transaction: string;
}

/** The master wallet as its owner holds it: a keystore and the file with its password. */
async function keystore(): Promise<string[]> {
  const key = await readFile(await walletFile());
  const privateKey = key.length === 32 ? `0x${key.toString("hex")}` : key.toString("utf8").trim();
  const account = { address: new Wallet(privateKey).address, privateKey };
  const folder = await mkdtemp(join(tmpdir(), "agentkeys-keystore-"));
  const [file, password] = [join(folder, "keystore.json"), join(folder, "password")];
  await writeFile(file, await encryptKeystoreJson(account, PASSWORD, { scrypt: { N: 2, r: 1, p: 1 } }), { mode: 0o600 });
  await writeFile(password, PASSWORD, { mode: 0o600 });
  return ["--wallet-file", file, "--password-file", password];
}

const applied = async (): Promise<Applied[]> =>
  JSON.parse(await agentkeys("apply", BINDING, "--yes", "--json", ...(await keystore()))) as Applied[];

/** What the binding asks to be signed, in words. */
function untilProposed(first: RegExp): Promise<string[]> {
  return eventually(`${BINDING} proposes ${first.source}`, 60, async () => {
    const words = ((await getJson<Binding>("akb", NAME, "-n", TEAM_A)).status?.proposals ?? []).map((proposal) => proposal.words);
    return first.test(words[0] ?? "") ? words : undefined;
  });
}

export const proposing: readonly Scenario[] = [
  {
    name: "09 a binding that proposes waits for its owner's keystore, then its pod works",
    run: async (say) => {
      const credentialFrom = { secretRef: { name: "provider-key", key: "key" } };
      await apply({
        apiVersion: "agentkeys.io/v1alpha1",
        kind: "AgentKeysBinding",
        metadata: { name: NAME, namespace: TEAM_A },
        spec: { services: [{ name: "openai", credentialFrom }], scope: { management: "Propose" } },
      });
      const words = await untilProposed(/^register device/);
      assert.equal(words[1], `let agent ${BINDING} use exactly openai (read-only)`);
      assert.match(await kubectl("-n", TEAM_A, "get", "akb", NAME), /ProposalPending\s+0\s+False/);
      const rows = await applied();
      assert.deepEqual(
        rows.map(({ action }) => action),
        ["RegisterDevice", "SetScope"],
      );
      const signed = Date.now();
      await waitReady(TEAM_A, NAME);
      say(`Ready ${Date.now() - signed} ms after the last receipt`);
      const { status } = await getJson<Binding>("akb", NAME, "-n", TEAM_A);
      assert.equal(status?.proposals, undefined);
      assert.deepEqual(new Set(status?.transactions?.map(({ hash }) => hash)), new Set(rows.map(({ transaction }) => transaction)));
      await apply(agentPod(TEAM_A, NAME, agentTemplate(["node", "openai-client.js", "stream 2"], { binding: NAME })));
      assert.match(await logsWith(TEAM_A, NAME, /DONE|FAULT/), /DONE/);
      const events = await kubectl("-n", TEAM_A, "get", "events", "--field-selector", `involvedObject.name=${NAME}`);
      for (const reason of ["ProposalPending", "ProposalApplied"]) assert.match(events, new RegExp(reason));
    },
  },
  {
    name: "09 its deletion waits for the signed revocation",
    run: async () => {
      await kubectl("-n", TEAM_A, "delete", "akb", NAME, "--wait=false");
      const words = await untilProposed(/^take every service/);
      assert.match(words[1] ?? "", /^revoke device 0x[0-9a-f]{64} for good$/);
      await applied();
      await kubectl("-n", TEAM_A, "wait", "--for=delete", `akb/${NAME}`, "--timeout=60s");
      await kubectl("-n", TEAM_A, "delete", "pod", NAME, "--grace-period=1", "--wait=false");
    },
  },
];
