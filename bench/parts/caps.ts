/** Caps a second of the real broker process on one core, with a real local chain on the other. */
import { generateKeyPairSync, randomUUID } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Pool } from "undici";
import { systemClock } from "@agentkeys/common/clock";
import { deviceOf, signDelegation, thumbprintToHex } from "@agentkeys/common/delegation";
import { actorOmni, actorPath, serviceHash } from "@agentkeys/common/identity";
import { Secret } from "@agentkeys/common/secret";
import { captureLog } from "@agentkeys/common/testing";
import { openChainWriter, popOf } from "../../operator/src/chain/index.ts";
import { startChain } from "../../operator/test/fakes/anvil.ts";
import { createSession } from "../../sidecar/src/session/index.ts";
import { percentile, saturate } from "../lib/load.ts";
import { IMAGE_FLAGS, MEASURED_CORE, memoryOf, startNode } from "../lib/process.ts";
import { memoryRow, type Row, type Say } from "../lib/rows.ts";

const LANES = 16;
const SECONDS = 8;
const SERVICE = "openai";

/** Registers a device, grants it one service and asks for caps as fast as the broker answers. */
export async function measureCaps(folder: string, tls: { cert: string; key: string }, say: Say): Promise<Row[]> {
  const chain = await startChain();
  const at = (name: string): string => join(folder, name);
  writeFileSync(at("chain.json"), JSON.stringify(chain.config));
  const k1 = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({ type: "pkcs8", format: "pem" });
  writeFileSync(at("k1.pem"), k1, { mode: 0o600 });
  const writer = openChainWriter(chain.config, chain.walletKey, captureLog().log);
  const k10 = Secret.of(Buffer.alloc(32, 3));
  const { deviceKeyHash } = deviceOf(k10);
  const { operatorOmni, domain } = writer;
  const agent = { clusterName: "bench", namespace: "bench", agent: "bench" };
  const actor = actorOmni({ operatorOmni, ...agent });
  await writer.registerMaster(deviceOf(chain.walletKey).deviceKeyHash);
  const pop = await popOf(k10, { deviceKeyHash, operatorOmni, actorOmni: actor });
  await writer.registerAgent({ deviceKeyHash, actorOmni: actor, actorPath: actorPath(agent), pop });
  await writer.setScope({ actorOmni: actor, services: [serviceHash(SERVICE)], readOnly: true });
  writer.close();

  const publicUrl = "https://localhost:8091";
  const broker = await startNode(MEASURED_CORE, [...IMAGE_FLAGS, "dist/image/main.js", "broker"], /https:\/\/localhost:(\d+)/, {
    AGENTKEYS_BROKER_LISTEN: "0",
    AGENTKEYS_BROKER_ADMIN_LISTEN: "0",
    AGENTKEYS_BROKER_PUBLIC_URL: publicUrl,
    AGENTKEYS_BROKER_CHAIN_FILE: at("chain.json"),
    AGENTKEYS_BROKER_CAP_KEY_FILE: at("k1.pem"),
    AGENTKEYS_BROKER_TLS_CERT_FILE: tls.cert,
    AGENTKEYS_BROKER_TLS_KEY_FILE: tls.key,
    AGENTKEYS_BROKER_TLS_CA_FILE: tls.cert,
  });
  const session = createSession({ clock: systemClock, randomId: randomUUID });
  const now = systemClock.nowSeconds();
  const token = await signDelegation(k10, domain, {
    deviceKeyHash,
    operatorOmni,
    actorOmni: actor,
    sessionThumbprint: thumbprintToHex(session.jkt),
    services: [serviceHash(SERVICE)],
    readOnly: true,
    namespace: "bench",
    serviceAccount: "default",
    pod: "bench",
    podUid: "bench",
    issuedAt: now,
    expiresAt: now + 900,
  });
  const path = "/v1/cap/cred-fetch";
  const body = JSON.stringify({ operator_omni: operatorOmni, actor_omni: actor, service: SERVICE, device_key_hash: deviceKeyHash });
  const pool = new Pool(`https://localhost:${broker.port}`, { connections: LANES, connect: { ca: readFileSync(tls.cert) } });
  const one = async (): Promise<void> => {
    const dpop = session.proof("POST", publicUrl + path, token);
    const headers = { "content-type": "application/json", authorization: `DPoP ${token}`, dpop };
    const answer = await pool.request({ method: "POST", path, headers, body });
    const text = await answer.body.text();
    if (answer.statusCode !== 200) throw new Error(`the broker answered ${answer.statusCode} ${text}`);
  };
  try {
    await saturate(LANES, 2, one);
    say("broker warm");
    const { rate, times } = await saturate(LANES, SECONDS, one);
    return [
      {
        what: "broker, caps on one core with a local chain",
        value: `${Math.round(rate)} caps/s`,
        budget: "≥ 400 caps/s",
        isMet: rate >= 400,
      },
      {
        what: `broker, latency of a cap with ${LANES} asked for at once`,
        value: `p50 ${percentile(times, 0.5).toFixed(1)} ms, p99 ${percentile(times, 0.99).toFixed(1)} ms`,
      },
      memoryRow("broker under that load, resident memory", [memoryOf(broker.pid)]),
    ];
  } finally {
    await pool.close();
    await broker.stop();
    await chain.stop();
  }
}
