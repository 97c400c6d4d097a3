import { generateKeyPairSync } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import { checkPolicyUpdate } from "@agentkeys/common/wire-checks";
import { buildWorkstationPolicy, parseDaemonFile, parsePolicyFile, renderDaemonFile, type DaemonFile } from "@agentkeys/common/workstation";

const hex = (digit: string): `0x${string}` => `0x${digit.repeat(64)}`;
const identity = { agent: "desk", operatorOmni: hex("1"), actorOmni: hex("2"), deviceKeyHash: hex("3") };
const machine = { readText: (): string => "", realpath: (path: string): string => path };
const build = (text: string): ReturnType<typeof buildWorkstationPolicy> =>
  buildWorkstationPolicy(parsePolicyFile(text, "/p.toml"), identity, machine);

const { publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const PEM = publicKey.export({ type: "spki", format: "pem" }) as string;
const KEY_PIN = "ab".repeat(32);
const ATTESTATION = `[attestation]
issuer = "https://verifier.test"
keys = ["""
${PEM}"""]
measurement_claim = "/submods/container/image_digest"
`;
const workload = (more: string, id = "spiffe://acme.test/a"): string => `[[workload]]
spiffe_id = "${id}"
services = ["openai"]
${more}
`;

describe("workloads in policy.toml", () => {
  test("stand beside processes as callers of their services alone, as a binding would name them", () => {
    const policy = build(`
[[rule]]
uid = 1000
services = ["openai", "github"]
[[workload]]
spiffe_id = "spiffe://acme.test/tee/agent"
measurement = "sha256:6d2f"
services = ["openai", "own"]
[[workload]]
spiffe_id = "spiffe://acme.test/lab/agent"
public_key_sha256 = "${KEY_PIN}"
services = ["own"]
${ATTESTATION}audience = "agentkeys"
require = [{ claim = "/swname", value = "CONFIDENTIAL_SPACE" }]
max_age_seconds = 600
[[service]]
name = "own"
upstream = "https://api.example.com"
`);
    expect(checkPolicyUpdate({ policy, version: policy.version })).toBe(true);
    const measured = { spiffeId: "spiffe://acme.test/tee/agent", measurement: "sha256:6d2f" };
    expect(policy.services.map(({ name, callers }) => [name, callers])).toEqual([
      ["openai", [{ uid: 1000 }, measured]],
      ["github", [{ uid: 1000 }]],
      ["own", [measured, { spiffeId: "spiffe://acme.test/lab/agent", publicKeySha256: KEY_PIN }]],
    ]);
    expect(policy.attestation).toEqual({
      issuer: "https://verifier.test",
      audience: "agentkeys",
      keys: [PEM],
      measurementClaim: "/submods/container/image_digest",
      require: [{ claim: "/swname", value: "CONFIDENTIAL_SPACE" }],
      maxAgeSeconds: 600,
    });
  });

  test("a token may be an hour old where nothing is said, and a changed pin is another version", () => {
    const first = build(workload('measurement = "one"') + ATTESTATION);
    expect(first.attestation?.maxAgeSeconds).toBe(3600);
    expect(build(workload('measurement = "two"') + ATTESTATION).version).not.toBe(first.version);
    expect(build(workload(`public_key_sha256 = "${KEY_PIN}"`))).not.toHaveProperty("attestation");
  });

  test.each([
    [workload(""), "/p.toml:1: workload 1: a workload, and no other caller, is pinned by public_key_sha256 or measurement"],
    [workload('measurement = "m"'), "/p.toml:4: workload 1: a measurement needs attestation: say whose tokens tell it"],
    [workload('public_key_sha256 = "abcd"'), "/p.toml:4: workload 1: public_key_sha256 must match pattern"],
    [workload("uid = 1"), "/p.toml:4: workload 1: uid is no key here"],
    [workload("", "spiffe://Acme.test/a"), "/p.toml:2: workload 1: spiffe_id must match pattern"],
    [workload("", "spiffe://acme.test"), "/p.toml:2: workload 1: spiffe_id must match pattern"],
    [workload("", "spiffe://acme.test/*"), "/p.toml:2: workload 1: spiffe_id must match pattern"],
    [workload("", "spiffe://acme.test/a/.."), "/p.toml:2: workload 1: spiffe_id is no SPIFFE ID of a workload"],
    [workload("").replace("openai", "opnai"), "/p.toml:3: workload 1: there is no service opnai: add a [[service]], or use a preset"],
    [ATTESTATION.replace(PEM, "-----BEGIN PRIVATE KEY-----"), "/p.toml:3: attestation: keys.0 must match pattern"],
    [ATTESTATION.replace(PEM, "-----BEGIN PUBLIC KEY-----\nAAAA\n"), "/p.toml:3: attestation: key 1 cannot be read"],
    [ATTESTATION.replace('"/submods', '"submods'), "/p.toml:9: attestation: measurement_claim must match pattern"],
    [`${ATTESTATION}max_age_seconds = 59`, "/p.toml:10: attestation: max_age_seconds must be >= 60"],
    ['[attestation]\nissuer = "x"', "/p.toml:1: attestation: keys is missing"],
  ])("%j is refused with its line", (text, problem) => {
    expect(() => build(text)).toThrow(problem);
  });
});

describe("[mtls] in daemon.toml", () => {
  const daemon: DaemonFile = {
    actor: "desk",
    operator_omni: hex("1"),
    actor_omni: hex("2"),
    broker_url: "https://broker",
    worker_url: "https://worker:9094",
    placeholder: "sk-agentkeys-0123456789",
    tcp_port: 0,
    admin_port: 0,
    log_level: "info",
    chain: { id: 31337, registry: `0x${"a".repeat(40)}` },
    dial: {},
  };
  const text = renderDaemonFile(daemon);
  const read = (table: string): DaemonFile => parseDaemonFile(`${text}\n[mtls]\n${table}`, "/d.toml");

  test("is loopback's port 9443 where nothing else is said, and nothing at all without the table", () => {
    expect(parseDaemonFile(text, "/d.toml")).not.toHaveProperty("mtls");
    const { mtls } = read('workload_api = "unix:///run/spire/api.sock"');
    expect(mtls).toEqual({ workload_api: "unix:///run/spire/api.sock", address: "127.0.0.1", port: 9443, names: [] });
  });

  test("is written as it was read", () => {
    const changed = read('workload_api = "unix:///a"\naddress = "0.0.0.0"\nport = 8443\nnames = ["desk.acme.test", "fd00::1"]');
    expect(parseDaemonFile(renderDaemonFile(changed), "/d.toml")).toEqual(changed);
  });

  test.each([
    ["", ": mtls: workload_api is missing"],
    ['workload_api = "/run/api.sock"', "mtls: workload_api must match pattern"],
    ['workload_api = "tcp://127.0.0.1:8081"', "mtls: workload_api must match pattern"],
    ['workload_api = "unix:///a"\nport = 0', "mtls: port must be >= 1"],
    ['workload_api = "unix:///a"\nnames = ["a,b"]', "mtls: names.0 must match pattern"],
    ['workload_api = "unix:///a"\nhost = "b"', ": mtls: host is no key here"],
  ])("%j is refused", (table, problem) => {
    expect(() => read(table)).toThrow(problem);
  });
});
