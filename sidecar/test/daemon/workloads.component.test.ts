import { readFileSync } from "node:fs";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import { freePort, until } from "@agentkeys/common/testing";
import { headerValues } from "../proxy/stub-upstream.ts";
import { TestVerifier } from "../workload/eat.ts";
import { MtlsClient, publicKeySha256, type MtlsAnswer } from "../workload/https-client.ts";
import { Spire, type ClientSvid } from "../workload/spire.ts";
import { KEY, run, startDesk, type DaemonProcess, type Desk } from "./desk.ts";

const PROXY_UID = process.getuid?.() ?? 0;
const [AGENT_UID, OTHER_UID] = [41_001, 41_002];
const MEASUREMENT = "sha256:6d2f";
const START_MS = 120_000;
const CHANGE_MS = 60_000;

const spire = new Spire("agents.test");
const stranger = new Spire("elsewhere.test");
const verifier = new TestVerifier();
const clients: MtlsClient[] = [];
const stops: (() => Promise<unknown>)[] = [() => spire.stop(), () => stranger.stop()];
let desk: Desk;
let daemon: DaemonProcess;
let agent: ClientSvid;
let mtlsPort: number;

const pinOf = ({ cert }: ClientSvid): string => publicKeySha256(cert).toString("hex");
const workload = (path: string, pin: string, service: string): string => `
[[workload]]
spiffe_id = "${spire.id(path)}"
${pin}
services = ["${service}"]
`;
const byKey = (svid: ClientSvid): string => workload("agent", `public_key_sha256 = "${pinOf(svid)}"`, "openai");

/** A process may use one service, the agent two: one by its key, one by what it runs. */
const rules = (of: { keys?: readonly string[]; measurement?: string } = {}): string => `
[[rule]]
uid = ${PROXY_UID}
services = ["github"]
${(of.keys ?? [byKey(agent)]).join("")}
${workload("agent", `measurement = "${of.measurement ?? MEASUREMENT}"`, "echo")}
${workload("brief", `measurement = "${MEASUREMENT}"`, "echo")}
[attestation]
issuer = "https://verifier.test"
keys = ["""
${verifier.publicPem}"""]
measurement_claim = "/submods/container/image_digest"
max_age_seconds = 300
`;

async function changeRules(text: string): Promise<void> {
  const from = daemon.log.length;
  desk.writePolicy(text);
  await daemon.says("policy taken", from);
}

function clientOf(svid: ClientSvid | null): MtlsClient {
  const client = new MtlsClient(mtlsPort, svid, svid === null || svid.ca === "" ? agent.ca : svid.ca);
  clients.push(client);
  return client;
}

type Outcome = [number, string | undefined];
const outcome = ({ status, reason }: MtlsAnswer): Outcome => [status, reason];
const ask = async (client: MtlsClient, path = "/openai/v1/models", token?: string): Promise<Outcome> =>
  outcome(await client.ask(path, token === undefined ? {} : { "AgentKeys-Attestation": token }));
const askOnce = (svid: ClientSvid | null, path?: string, token?: string): Promise<Outcome> => ask(clientOf(svid), path, token);
const openPort = (): void =>
  desk.setTable("mtls", [`workload_api = "${spire.workloadApi}"`, `port = ${mtlsPort}`, 'names = ["desk.agents.test"]']);

beforeAll(async () => {
  desk = await startDesk();
  stops.push(() => desk.stop());
  [mtlsPort] = await Promise.all([freePort(), spire.startServer(), stranger.startServer()]);
  await spire.startAgent([
    { uid: PROXY_UID, path: "proxy" },
    { uid: AGENT_UID, path: "agent" },
    { uid: OTHER_UID, path: "other" },
  ]);
  agent = await spire.fetch(AGENT_UID);
  desk.writePolicy(rules());
  openPort();
  daemon = await desk.startDaemon();
  stops.push(() => daemon.stop());
  await daemon.says("X.509-SVID taken");
}, START_MS);

afterEach(() => {
  for (const client of clients.splice(0)) client.close();
});

afterAll(async () => {
  for (const stop of stops.reverse()) await stop();
});

describe("a workload that calls a workstation's daemon", () => {
  test("is served where a rule names it and its pin fits, and never sees the key", async () => {
    const answer = await clientOf(agent).ask("/openai/v1/models");
    expect(outcome(answer)).toEqual([200, undefined]);
    expect(answer.proxy.subject).toBe(`URI:${spire.id("proxy")}`);
    expect(headerValues(desk.upstream.requests.at(-1), "authorization")).toEqual([`Bearer ${KEY}`]);
    await daemon.says(`"caller":"${spire.id("agent")}"`);
  });

  test("under another SPIFFE ID is refused: caller_refused", async () => {
    expect(await askOnce(await spire.fetch(OTHER_UID))).toEqual([403, "caller_refused"]);
  });

  test("of another trust domain is refused, whatever path it claims: trust_domain_refused", async () => {
    expect(await askOnce({ ...(await stranger.mint("agent")), ca: "" })).toEqual([403, "trust_domain_refused"]);
  });

  test("without a certificate is refused: svid_missing", async () => {
    expect(await askOnce(null)).toEqual([401, "svid_missing"]);
  });

  test("with another key is refused: pin_mismatch", async () => {
    expect(await askOnce(await spire.mint("agent"))).toEqual([403, "pin_mismatch"]);
  });

  test("with the pinned measurement is served; with another, or none, it is refused: pin_mismatch", async () => {
    const client = clientOf(agent);
    expect(await ask(client, "/echo/v1/x", verifier.attest(agent.cert, MEASUREMENT))).toEqual([200, undefined]);
    expect(await ask(client, "/echo/v1/x", verifier.attest(agent.cert, "sha256:0000"))).toEqual([403, "pin_mismatch"]);
    expect(await ask(client, "/echo/v1/x")).toEqual([403, "pin_mismatch"]);
  });

  test("with a token of another verifier, or made out to another key, is refused: attestation_refused", async () => {
    const thief = await spire.mint("agent");
    expect(await askOnce(agent, "/echo/v1/x", new TestVerifier().attest(agent.cert, MEASUREMENT))).toEqual([403, "attestation_refused"]);
    expect(await askOnce(thief, "/echo/v1/x", verifier.attest(agent.cert, MEASUREMENT))).toEqual([403, "attestation_refused"]);
  });

  test("may not use what is allowed to processes, nor processes what is allowed to it: caller_refused", async () => {
    expect(await askOnce(agent, "/github/user")).toEqual([403, "caller_refused"]);
    const words = ["curl", "-sS", "-o", "/dev/null", "-w", "%{http_code} %header{agentkeys-reason}"];
    const { out } = await run([...words, `http://localhost:${desk.port}/openai/v1/models`]);
    expect(out).toBe("403 caller_refused");
  });

  test("reaches it by the names of its table and no other: guard_refused", async () => {
    const client = clientOf(agent);
    const at = async (host: string): Promise<Outcome> => outcome(await client.ask("/openai/v1/models", { host }));
    expect(await at(`desk.agents.test:${mtlsPort}`)).toEqual([200, undefined]);
    expect(await at(`evil.test:${mtlsPort}`)).toEqual([403, "guard_refused"]);
  });

  test("programs of this machine are told nothing of services that are for workloads alone", async () => {
    const { out } = await desk.machine.run(["env"]);
    expect(out).toContain("GITHUB_BASE_URL=");
    expect(out).not.toMatch(/OPENAI|ECHO/);
  });
});

describe("without a restart", () => {
  test(
    "a changed pin counts, also on a connection that is open, and an invalid file changes nothing",
    async () => {
      const client = clientOf(agent);
      expect(await ask(client)).toEqual([200, undefined]);
      const other = await spire.mint("agent");
      await changeRules(rules({ keys: [byKey(other)], measurement: "sha256:next" }));
      expect(await ask(client)).toEqual([403, "pin_mismatch"]);
      expect(await ask(client, "/echo/v1/x", verifier.attest(agent.cert, MEASUREMENT))).toEqual([403, "pin_mismatch"]);
      expect(await askOnce(other)).toEqual([200, undefined]);
      const from = daemon.log.length;
      desk.writePolicy(rules().replace(/public_key_sha256 = ".*"\n/, ""));
      await daemon.says("policy file refused, the old one stays in force", from);
      expect(daemon.log.slice(from)).toMatch(
        /policy\.toml:\d+: workload 1: a workload, and no other caller, is pinned by public_key_sha256/,
      );
      expect(await askOnce(other)).toEqual([200, undefined]);
      await changeRules(rules());
      expect(await ask(client)).toEqual([200, undefined]);
    },
    CHANGE_MS,
  );

  test(
    "an SVID that expires is refused at the next request on its connection, and at a new one: svid_expired",
    async () => {
      const brief = await spire.mint("brief", "5s");
      const token = verifier.attest(brief.cert, MEASUREMENT);
      const client = clientOf(brief);
      let last = await ask(client, "/echo/v1/x", token);
      expect(last).toEqual([200, undefined]);
      await until(async () => (last = await ask(client, "/echo/v1/x", token))[0] !== 200);
      expect(last).toEqual([403, "svid_expired"]);
      expect(await askOnce(brief)).toEqual([403, "svid_expired"]);
    },
    CHANGE_MS,
  );

  test(
    "a new authority and a new SVID of the daemon are taken up, and the old authority's end counts on an open connection",
    async () => {
      const old = clientOf(agent);
      const before = await old.ask("/openai/v1/models");
      const change = async (...words: string[]): Promise<void> => {
        const from = daemon.log.length;
        await spire.server("localauthority", "x509", ...words);
        await daemon.says("X.509-SVID taken", from);
      };
      await change("prepare");
      const { active, prepared } = await spire.authorities();
      await spire.server("localauthority", "x509", "activate", "-authorityID", prepared?.authority_id ?? "");
      const fresh = await spire.mint("agent");
      await changeRules(rules({ keys: [byKey(agent), byKey(fresh)] }));
      expect(await askOnce(fresh)).toEqual([200, undefined]);
      // Tainting makes the agent renew every SVID of the old authority at once.
      await change("taint", "-authorityID", active?.authority_id ?? "");
      await until(async () => (await clientOf(fresh).ask("/openai/v1/models")).proxy.fingerprint !== before.proxy.fingerprint);
      const still = await old.ask("/openai/v1/models");
      expect([...outcome(still), still.connection]).toEqual([200, undefined, before.connection]);
      await spire.server("localauthority", "x509", "revoke", "-authorityID", active?.authority_id ?? "");
      let last: Outcome = [200, undefined];
      await until(async () => (last = await ask(old))[0] !== 200);
      expect(last).toEqual([403, "trust_domain_refused"]);
      expect(await askOnce(fresh)).toEqual([200, undefined]);
    },
    CHANGE_MS,
  );
});

describe("the port for workloads", () => {
  test("is there beside that of programs; registering again keeps it", async () => {
    expect(daemon.ports()).toEqual([desk.port, mtlsPort].sort((a, b) => a - b));
    expect(await desk.machine.run(desk.registration)).toMatchObject({ code: 0 });
    expect(readFileSync(desk.paths.daemon, "utf8")).toMatch(new RegExp(`^\\[mtls\\]\\n(?:.*\\n)*?port = ${mtlsPort}$`, "m"));
  });

  test("is not there without [mtls], and rules about workloads are said to be idle", async () => {
    await daemon.stop();
    desk.setTable("mtls", null);
    daemon = await desk.startDaemon();
    expect(daemon.ports()).toEqual([desk.port]);
    expect(daemon.log).toContain("daemon.toml lacks [mtls]");
    await expect(clientOf(agent).ask("/openai/v1/models")).rejects.toThrow(/ECONNREFUSED/);
  });
});
