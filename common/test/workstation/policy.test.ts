import { execFileSync } from "node:child_process";
import { describe, expect, test } from "@jest/globals";
import { checkPolicyUpdate } from "@agentkeys/common/wire-checks";
import {
  buildWorkstationPolicy,
  envText,
  parseDaemonFile,
  parsePolicyFile,
  renderDaemonFile,
  servicesOfPrograms,
  serviceVariables,
  type DaemonFile,
} from "@agentkeys/common/workstation";
import { serviceHash } from "@agentkeys/common/identity";

const hex = (digit: string): `0x${string}` => `0x${digit.repeat(64)}`;
const identity = { agent: "desk", operatorOmni: hex("1"), actorOmni: hex("2"), deviceKeyHash: hex("3") };
const machine = {
  readText: (path: string): string => {
    if (path === "/ca.pem") return "pem";
    throw new TypeError("no such file");
  },
  realpath: (path: string): string => {
    if (path === "/usr/bin/python3") return "/usr/bin/python3.11";
    if (path === "/none") throw new TypeError("no such file");
    return path;
  },
};
const file = (text: string): ReturnType<typeof parsePolicyFile> => parsePolicyFile(text, "/p.toml");
const build = (text: string): ReturnType<typeof buildWorkstationPolicy> => buildWorkstationPolicy(file(text), identity, machine);

describe("policy.toml", () => {
  test("gives each service its callers and nobody else; nothing is allowed that no rule names", () => {
    const policy = build(`
[[rule]]
uid = 1000
binary_path = "/usr/bin/python3"
services = ["openai", "own"]
[[rule]]
uid = 1001
services = ["own"]
[[service]]
name = "own"
upstream = "https://api.example.com/base/"
ca_bundle = "/ca.pem"
auth = { type = "header", name = "x-key" }
paths = ["/v1/**"]
requests_per_minute = 10
[[service]]
name = "unused"
upstream = "https://unused.example"
`);
    expect(checkPolicyUpdate({ policy, version: policy.version })).toBe(true);
    expect(policy.services.map(({ name, callers }) => [name, callers])).toEqual([
      ["openai", [{ uid: 1000, binaryPath: "/usr/bin/python3.11" }]],
      ["own", [{ uid: 1000, binaryPath: "/usr/bin/python3.11" }, { uid: 1001 }]],
    ]);
    expect(policy.services[1]).toMatchObject({
      hash: serviceHash("own"),
      upstream: "https://api.example.com/base",
      auth: { type: "header", name: "x-key" },
      tls: { caBundle: "pem" },
      limits: { requestsPerMinute: 10 },
      allowPrivateAddresses: false,
    });
  });

  test("an empty one allows nothing, and equal rules have an equal version", () => {
    expect(build("").services).toEqual([]);
    const rules = '[[rule]]\nuid = 1\nservices = ["openai"]\n';
    expect(build(rules).version).toBe(build(`# a remark\n${rules}`).version);
    expect(build(rules).version).not.toBe(build(rules.replace("uid = 1", "uid = 2")).version);
  });

  test("a preset is changed by a table of its name, and priced by the day", () => {
    const [service] = build(
      '[[rule]]\nuid = 1\nservices = ["openai"]\n[[service]]\nname = "openai"\nupstream = "https://eu.example.com"\npreset = "openai"\ndaily_usd = "2.50"\n',
    ).services;
    expect(service).toMatchObject({ upstream: "https://eu.example.com", errorShape: "openai", limits: { dailyNanoUsd: 2_500_000_000 } });
  });

  test("an executable that is not installed is kept as it is written", () => {
    const [service] = build('[[rule]]\nuid = 1\nbinary_path = "/none"\nservices = ["openai"]\n').services;
    expect(service?.callers).toEqual([{ uid: 1, binaryPath: "/none" }]);
  });

  test.each([
    ["[[rule]\nuid = 1", "/p.toml:1: "],
    ["[[rule]]\nuid = 1\nservices = [\n", "/p.toml:"],
    ['\n[[rule]]\nuid = "me"\nservices = []', "/p.toml:3: rule 1: uid must be integer"],
    ["[[rule]]\nuid = 1\nservices = []\n[[rule]]\nuid = 2", "/p.toml:4: rule 2: services is missing"],
    ['[[rule]]\nuid = 1\nbinary_path = "curl"\nservices = []', "/p.toml:3: rule 1: binary_path must match pattern"],
    ["[[rule]]\nuid = 1\nservices = []\nbinary = 1", "/p.toml:4: rule 1: binary is no key here"],
    ["rules = []", "/p.toml:1: rules is no key here"],
    ["[[rule]]\nuid = -1\nservices = []", "/p.toml:2: rule 1: uid must be >= 0"],
    ['placeholder = "never"', "/p.toml:1: placeholder: must be equal to one of the allowed values"],
    ['[[service]]\nname = "Own"', "/p.toml:2: service 1: name must match pattern"],
  ])("%j is refused with its line", (text, problem) => {
    expect(() => file(text)).toThrow(problem);
  });

  test.each([
    [
      '[[rule]]\nuid = 1\nservices = ["opnai"]',
      "/p.toml:3: rule 1: there is no service opnai: add a [[service]], or use a preset (openai, ",
    ],
    ['[[rule]]\nuid = 1\nservices = ["own"]\n[[service]]\nname = "own"', "/p.toml:4: service own: Set preset or upstream"],
    [
      '[[rule]]\nuid = 1\nservices = ["own"]\n[[service]]\nname = "own"\nupstream = "http://x"',
      "/p.toml:4: service own: upstream must be an https URL",
    ],
    [
      '[[rule]]\nuid = 1\nservices = ["own"]\n[[service]]\nname = "own"\nupstream = "https://x"\nca_bundle = "/y"',
      "service own: its ca_bundle cannot be read",
    ],
    [
      '[[rule]]\nuid = 1\nservices = ["own"]\n[[service]]\nname = "own"\nupstream = "https://x"\ndaily_usd = "1"',
      "daily_usd needs a preset whose prices are known",
    ],
    ['[[service]]\nname = "own"\n[[service]]\nname = "own"', "/p.toml:4: service own is there twice"],
  ])("%j does not fit together", (text, problem) => {
    expect(() => build(text)).toThrow(problem);
  });

  test("every problem is told at once", () => {
    expect(() => file('[[rule]]\nuid = "a"\nservices = []\n[[rule]]\nuid = "b"\nservices = []')).toThrow(/p.toml:2.*\n.*p.toml:5/);
  });
});

describe("daemon.toml", () => {
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
    dial: { "broker:443": "127.0.0.1:1" },
  };

  test("is read as it was written, with what may be left out", () => {
    expect(parseDaemonFile(renderDaemonFile(daemon), "/d.toml")).toEqual(daemon);
    const short = renderDaemonFile(daemon).replace(/^tcp_port.*\n/m, "");
    expect(parseDaemonFile(short, "/d.toml").tcp_port).toBe(9090);
  });

  test.each([
    [{ broker_url: "http://broker" }, "/d.toml:5: broker_url: must match pattern"],
    [{ chain: { id: 0, registry: daemon.chain.registry } }, "chain: id must be >= 1"],
    [{ dial: { "broker:443": "x" } }, "dial: broker:443 must match pattern"],
    [{ tcp_port: 70_000 }, "/d.toml:8: tcp_port: must be <= 65535"],
  ])("%j is refused", (change, problem) => {
    expect(() => parseDaemonFile(renderDaemonFile({ ...daemon, ...change }), "/d.toml")).toThrow(problem);
  });
});

describe("variables", () => {
  const services = servicesOfPrograms(
    file(
      '[[rule]]\nuid = 1\nservices = ["openai", "my-own.api", "openrouter"]\n[[service]]\nname = "my-own.api"\nupstream = "https://x"\nenv = { OWN = "it\'s {placeholder}" }',
    ),
    machine,
  );
  const { variables, warnings } = serviceVariables(services, { proxy: "http://localhost:9090", placeholder: "sk-agentkeys-x" });

  test("are those of SDKs, and an address for each service; the first listed service wins", () => {
    const named = Object.fromEntries(variables.map(({ name, value }) => [name, value]));
    expect(named).toMatchObject({
      OPENAI_BASE_URL: "http://localhost:9090/openai/v1",
      OPENAI_API_KEY: "sk-agentkeys-x",
      MY_OWN_API_BASE_URL: "http://localhost:9090/my-own.api",
      OPENROUTER_BASE_URL: "http://localhost:9090/openrouter",
    });
    expect(warnings).toEqual([expect.stringMatching(/^OPENAI_BASE_URL is of service openai/)]);
  });

  test("survive a real shell, whatever is in them", () => {
    const text = envText([...variables, { name: "ODD", value: "a'b\"c$(id)\\`x` d" }]);
    const out = execFileSync("sh", ["-c", `${text}\nprintf '%s|%s' "$OWN" "$ODD"`], { env: {}, encoding: "utf8" });
    expect(out).toBe("it's sk-agentkeys-x|a'b\"c$(id)\\`x` d");
  });
});
