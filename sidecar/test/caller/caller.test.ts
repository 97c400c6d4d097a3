import { readFile } from "node:fs/promises";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import { describe, expect, test } from "@jest/globals";
import type { Caller } from "@agentkeys/common/wire";
import { checkPolicyUpdate } from "@agentkeys/common/wire-checks";
import { policyOf, service } from "../proxy/bench.ts";
import { callerName, createCallerGuard, ruleFor, strangerName, type CallerIdentity } from "../../src/caller/index.ts";

const HEAD = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n";
const row = (local: string, remote: string, state: string, uid: number): string =>
  `   0: ${local} ${remote} ${state} 00000000:00000000 00:00000000 00000000  ${uid}        0 4242 1\n`;
const socketOf = (remoteAddress: string, remotePort: number): Socket =>
  ({ remoteAddress, remotePort, localAddress: remoteAddress, localPort: 9090 }) as Socket;

describe("caller", () => {
  test.each(["10.0.0.5", "::ffff:10.0.0.5", "fe80::1", "127.0.0.1.evil"])("C1 a peer at %s is nobody", (address) => {
    expect(createCallerGuard({ readProcFile: () => Promise.resolve("") }).identify(socketOf(address, 1))).toBeNull();
  });

  test("C2 the uid is the one of the peer's own end of the connection, looked up once", async () => {
    let reads = 0;
    const table = HEAD + row("0100007F:2382", "0100007F:1388", "01", 1) + row("0100007F:1388", "0100007F:2382", "01", 1000);
    const caller = createCallerGuard({ readProcFile: () => Promise.resolve((reads++, table)) }).identify(socketOf("127.0.0.1", 5000));
    expect(await caller?.identify()).toEqual({ kind: "process", uid: 1000 });
    expect(await caller?.identify()).toEqual({ kind: "process", uid: 1000 });
    expect(reads).toBe(1);
  });

  test("C3 a connection in any other state than established, or one that is gone, has no uid", async () => {
    const table = HEAD + row("0100007F:1388", "0100007F:2382", "06", 1000);
    const guard = createCallerGuard({ readProcFile: () => Promise.resolve(table) });
    expect(await guard.identify(socketOf("127.0.0.1", 5000))?.identify()).toBeNull();
    expect(await guard.identify(socketOf("127.0.0.1", 5001))?.identify()).toBeNull();
    const broken = createCallerGuard({ readProcFile: () => Promise.reject(new TypeError("no proc")) });
    expect(await broken.identify(socketOf("127.0.0.1", 5000))?.identify()).toBeNull();
  });

  test("a look that failed is not remembered: that request is nobody's, the next one looks again", async () => {
    const tables = [HEAD, HEAD + row("0100007F:1388", "0100007F:2382", "01", 1000)];
    const guard = createCallerGuard({ readProcFile: () => Promise.resolve(tables[0] ?? "") });
    const caller = guard.identify(socketOf("127.0.0.1", 5000));
    expect(await Promise.all([caller?.identify(), caller?.identify()])).toEqual([null, null]);
    tables.shift();
    expect(await caller?.identify()).toEqual({ kind: "process", uid: 1000 });
  });

  test.each(["127.0.0.1", "::1", "::ffff:127.0.0.1"])("finds this process's own uid over %s", async (host) => {
    const guard = createCallerGuard({ readProcFile: (path) => readFile(path, "utf8") });
    const server = createServer();
    const isMapped = host.startsWith("::ffff:");
    await new Promise<void>((resolve) => server.listen(0, isMapped ? "::" : host, resolve));
    const accepted = new Promise<Socket>((resolve) => server.once("connection", resolve));
    const client = connect((server.address() as AddressInfo).port, host);
    expect(await guard.identify(await accepted)?.identify()).toEqual({ kind: "process", uid: process.getuid?.() });
    client.destroy();
    server.close();
  });
});

describe("rules about callers", () => {
  const curl: CallerIdentity = { kind: "process", uid: 1000, binaryPath: "/usr/bin/curl", pid: 7 };
  const workload: CallerIdentity = { kind: "workload", spiffeId: "spiffe://td/agent", publicKeySha256: "ab", measurement: "m1" };
  test.each<[string, Caller, CallerIdentity, boolean]>([
    ["a uid alone takes any binary", { uid: 1000 }, curl, true],
    ["another uid", { uid: 1001 }, curl, false],
    ["uid and binary", { uid: 1000, binaryPath: "/usr/bin/curl" }, curl, true],
    ["another binary", { uid: 1000, binaryPath: "/usr/bin/node" }, curl, false],
    ["a binary that is not known", { uid: 1000, binaryPath: "/usr/bin/curl" }, { kind: "process", uid: 1000 }, false],
    ["a pod is no process", { uid: 0 }, { kind: "pod" }, false],
    ["a SPIFFE ID alone", { spiffeId: "spiffe://td/agent" }, workload, true],
    ["another SPIFFE ID", { spiffeId: "spiffe://td/agen" }, workload, false],
    ["a pinned key", { spiffeId: "spiffe://td/agent", publicKeySha256: "ab" }, workload, true],
    ["another key", { spiffeId: "spiffe://td/agent", publicKeySha256: "ac" }, workload, false],
    ["another measurement", { spiffeId: "spiffe://td/agent", measurement: "m2" }, workload, false],
    ["a workload is no process", { uid: 1000 }, workload, false],
    ["a process is no workload", { spiffeId: "spiffe://td/agent" }, curl, false],
  ])("%s", (_what, rule, identity, fits) => {
    expect(ruleFor([{ uid: 9 }, rule], identity)).toBe(fits ? rule : null);
    expect(ruleFor([], identity)).toBeNull();
  });

  test("a row names the rule that fits, and of a stranger the uid alone", () => {
    expect([callerName({ uid: 1000 }), callerName({ uid: 1000, binaryPath: "/usr/bin/curl" })]).toEqual([
      "uid:1000",
      "uid:1000:/usr/bin/curl",
    ]);
    expect([callerName({ spiffeId: "spiffe://td/agent" }), strangerName(curl), strangerName(workload)]).toEqual([
      "spiffe://td/agent",
      "uid:1000",
      "workload",
    ]);
  });
});

test.each<[object, boolean]>([
  [{ uid: 0 }, true],
  [{ uid: 1000, binaryPath: "/usr/bin/curl" }, true],
  [{ uid: 1000, binaryPath: "curl" }, false],
  [{ uid: -1 }, false],
  [{}, false],
  [{ spiffeId: "spiffe://example.org/ns/a/sa/b", publicKeySha256: "a".repeat(64), measurement: "x" }, true],
  [{ spiffeId: "https://example.org/a" }, false],
  [{ spiffeId: "spiffe://example.org/a", publicKeySha256: "AB" }, false],
  [{ uid: 1000, spiffeId: "spiffe://example.org/a" }, false],
  [{ publicKeySha256: "a".repeat(64) }, false],
])("a policy whose caller is %j is well-formed: %p", (caller, isGood) => {
  const policy = policyOf([service({ callers: [caller as Caller] })]);
  expect(checkPolicyUpdate({ policy, version: policy.version })).toBe(isGood);
});
