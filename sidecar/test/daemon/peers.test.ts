import { chmodSync, chownSync, mkdirSync, mkdtempSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer as createHttp, type Server } from "node:http";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "@jest/globals";
import type { CallerIdentity } from "../../src/caller/index.ts";
import { openKernel, type Kernel } from "../../src/daemon/kernel.ts";
import { openProcesses } from "../../src/daemon/processes.ts";
import { readDiagAnswer } from "../../src/daemon/sock-diag.ts";
import { claimSocket } from "../../src/daemon/socket-path.ts";
import { createTcpPeers } from "../../src/daemon/tcp-peer.ts";
import { createUnixPeers } from "../../src/daemon/unix-peer.ts";

const { uid } = userInfo();
const kernel: Kernel = await openKernel();
const socketAt = (fd: number): Socket => ({ _handle: { fd } }) as unknown as Socket;

describe("peers of the Unix socket", () => {
  const identify = async (of: {
    pidfd?: number | "gone" | null;
    alive?: number | null;
    starts?: (string | null)[];
    pid?: number;
    fd?: number;
  }): Promise<CallerIdentity | null | undefined> => {
    const starts = [...(of.starts ?? ["5", "5"])];
    const closed: number[] = [];
    const peers = createUnixPeers({
      kernel: {
        peerCredentials: () => ({ pid: of.pid ?? 7, uid: 1000 }),
        peerPidfd: () => (of.pidfd === undefined ? 9 : of.pidfd),
        close: (descriptor) => void closed.push(descriptor),
      },
      processes: {
        binaryOf: () => "/usr/bin/curl",
        startOf: () => starts.shift() ?? null,
        pidOf: () => (of.alive === undefined ? 7 : of.alive),
      },
    });
    const identity = await peers.identify(socketAt(of.fd ?? 3))?.identify();
    if (typeof of.pidfd === "number") expect(closed).toEqual([of.pidfd]);
    return identity;
  };
  const known = { kind: "process", uid: 1000, pid: 7, binaryPath: "/usr/bin/curl" };
  const stranger = { kind: "process", uid: 1000, pid: 7 };

  test.each([
    ["alive by its pidfd", { pidfd: 9 }, known],
    ["ended before the look", { pidfd: "gone" as const }, stranger],
    ["ended during the look", { pidfd: 9, alive: null }, stranger],
    ["another process has the pid", { pidfd: 9, alive: 8 }, stranger],
    ["an older kernel, started at the same time before and after", { pidfd: null }, known],
    ["an older kernel, pid reused during the look", { pidfd: null, starts: ["5", "6"] }, stranger],
    ["an older kernel, gone during the look", { pidfd: null, starts: ["5", null] }, stranger],
    ["a process of another pid namespace", { pid: 0 }, { kind: "process", uid: 1000, pid: 0 }],
  ])("%s", async (_what, of, expected) => {
    expect(await identify(of)).toEqual(expected);
  });

  test("a socket that is closed already is nobody's", async () => {
    expect(await identify({ fd: -1 })).toBeUndefined();
  });
});

describe("peers of the port", () => {
  const pair = { remoteAddress: "127.0.0.1", remotePort: 5000, localAddress: "127.0.0.1", localPort: 9090 } as Socket;
  const identify = async (of: {
    owners?: ({ uid: number; inode: number } | null)[];
    holders?: number[][];
    binaries?: Record<number, string | null>;
    asks?: boolean;
  }): Promise<CallerIdentity | null | undefined> => {
    const owners = [...(of.owners ?? [])];
    const holders = [...(of.holders ?? [])];
    const peers = createTcpPeers({
      kernel: { tcpOwner: () => (owners.length > 0 ? (owners.shift() ?? null) : { uid: 1000, inode: 42 }) },
      processes: { binaryOf: (pid) => of.binaries?.[pid] ?? null, holdersOf: () => Promise.resolve(holders.shift() ?? [7]) },
      asksForBinary: () => of.asks ?? true,
    });
    return await peers.identify(pair)?.identify();
  };
  const known = { kind: "process", uid: 1000, pid: 7, binaryPath: "/a" };
  const stranger = { kind: "process", uid: 1000 };

  test.each([
    ["one program holds it", { binaries: { 7: "/a" } }, known],
    ["no rule of the uid asks for a program", { asks: false }, stranger],
    [
      "two processes of one program hold it",
      {
        holders: [
          [7, 8],
          [7, 8],
        ],
        binaries: { 7: "/a", 8: "/a" },
      },
      known,
    ],
    [
      "another program holds it too: either may speak",
      {
        holders: [
          [7, 8],
          [7, 8],
        ],
        binaries: { 7: "/a", 8: "/b" },
      },
      stranger,
    ],
    ["nobody that can be seen holds it", { holders: [[], []] }, stranger],
    ["another program holds it at the second look", { holders: [[7], [8]], binaries: { 7: "/a", 8: "/b" } }, stranger],
    [
      "another socket has the ends at the second look",
      {
        owners: [
          { uid: 1000, inode: 42 },
          { uid: 1000, inode: 43 },
        ],
        binaries: { 7: "/a" },
      },
      stranger,
    ],
    ["the kernel knows no such socket", { owners: [null] }, null],
  ])("%s", async (_what, of, expected) => {
    expect(await identify(of)).toEqual(expected);
  });

  test("a socket the kernel did not know at first is looked for again, one it knew is not", async () => {
    const owners = [null, { uid: 1000, inode: 42 }, { uid: 2000, inode: 43 }];
    const peers = createTcpPeers({
      kernel: { tcpOwner: () => owners.shift() ?? null },
      processes: { binaryOf: () => null, holdersOf: () => Promise.resolve([]) },
      asksForBinary: () => false,
    });
    const peer = peers.identify(pair);
    expect([await peer?.identify(), await peer?.identify(), await peer?.identify()]).toEqual([null, stranger, stranger]);
  });

  test.each(["127.0.0.1", "::1", "::ffff:127.0.0.1"])("the kernel names this very process over %s", async (host) => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, host.startsWith("::ffff:") ? "::" : host, resolve));
    const accepted = new Promise<Socket>((resolve) => server.once("connection", resolve));
    const client = connect((server.address() as AddressInfo).port, host);
    const peers = createTcpPeers({ kernel, processes: openProcesses(), asksForBinary: () => true });
    const peer = peers.identify(await accepted);
    expect(await peer?.identify()).toEqual({ kind: "process", uid, pid: process.pid, binaryPath: process.execPath });
    client.destroy();
    server.close();
  });

  test("an answer about another socket, another state or none is nobody's", () => {
    const ends = { localAddress: "127.0.0.1", localPort: 5000, remoteAddress: "127.0.0.1", remotePort: 9090 };
    const answer = Buffer.alloc(88);
    answer.writeUInt16LE(20, 4);
    answer[17] = 1;
    answer.writeUInt16BE(5000, 20);
    answer.writeUInt16BE(9090, 22);
    answer.writeUInt32LE(1000, 80);
    answer.writeUInt32LE(42, 84);
    expect(readDiagAnswer(answer, ends)).toEqual({ uid: 1000, inode: 42 });
    expect(readDiagAnswer(answer.subarray(0, 60), ends)).toBeNull();
    expect(readDiagAnswer(answer, { ...ends, localPort: 5001 })).toBeNull();
    for (const [at, value] of [
      [4, 2],
      [17, 10],
    ] as const)
      expect(readDiagAnswer(Buffer.from(answer).fill(value, at, at + 1), ends)).toBeNull();
  });
});

describe("the socket's place", () => {
  let folder: string;
  let path: string;
  beforeEach(() => {
    folder = join(mkdtempSync(join(tmpdir(), "agentkeys-sock-")), "run");
    path = join(folder, "agentkeys-proxy.sock");
  });
  const claim = (): ReturnType<typeof claimSocket> => claimSocket({ path, uid, kernel });
  const listen = async (): Promise<{ server: Server; release: () => void }> => {
    const place = await claim();
    const server = createHttp();
    await place.open(server);
    return { server, release: place.release };
  };
  const close = (server: { close: (done: () => void) => unknown }): Promise<void> =>
    new Promise((resolve) => void server.close(() => resolve()));

  test("is made for its owner alone, refused to a second one, and free again afterwards", async () => {
    const { server, release } = await listen();
    expect([statSync(folder).mode & 0o777, statSync(path).mode & 0o777]).toEqual([0o700, 0o600]);
    await expect(claim()).rejects.toMatchObject({ code: "daemon_running" });
    await close(server);
    release();
    const next = await listen();
    await close(next.server);
    next.release();
  });

  test("a live socket that takes no lock is not replaced either: daemon_running", async () => {
    mkdirSync(folder, { mode: 0o700 });
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(path, resolve));
    await expect(claim()).rejects.toMatchObject({ code: "daemon_running" });
    await close(other);
  });

  test.each<[string, () => void, RegExp]>([
    [
      "a symbolic link",
      () => {
        mkdirSync(folder, { mode: 0o700 });
        symlinkSync("/run/other.sock", path);
      },
      /symbolic link/,
    ],
    [
      "a file",
      () => {
        mkdirSync(folder, { mode: 0o700 });
        writeFileSync(path, "");
      },
      /no socket/,
    ],
    ["a folder open to others", () => mkdirSync(folder, { mode: 0o755 }), /chmod 700/],
    [
      "a folder of somebody else",
      () => {
        mkdirSync(folder, { mode: 0o700 });
        chownSync(folder, 4321, 4321);
      },
      /belongs to uid 4321/,
    ],
    [
      "a folder behind a link",
      () => {
        mkdirSync(`${folder}.real`, { mode: 0o700 });
        symlinkSync(`${folder}.real`, folder);
      },
      /symbolic link/,
    ],
    [
      "a lock behind a link",
      () => {
        mkdirSync(folder, { mode: 0o700 });
        symlinkSync("/etc/passwd", `${path}.lock`);
      },
      /lock cannot be opened/,
    ],
    ["a path the kernel does not take", () => (path = join(folder, "x".repeat(120))), /longer than 107/],
  ])("%s in its place is refused: socket_refused", async (_what, arrange, words) => {
    arrange();
    await expect(claim()).rejects.toMatchObject({ code: "socket_refused", publicMessage: expect.stringMatching(words) as unknown });
  });

  test("a socket of somebody else is refused: socket_refused", async () => {
    mkdirSync(folder, { mode: 0o700 });
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(path, resolve));
    chownSync(path, 4321, 4321);
    await expect(claim()).rejects.toMatchObject({
      code: "socket_refused",
      publicMessage: expect.stringContaining("belongs to uid 4321") as unknown,
    });
    chmodSync(path, 0o600);
    await close(other);
  });
});
