import { readFile } from "node:fs/promises";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import { describe, expect, test } from "@jest/globals";
import { createCallerGuard } from "../../src/caller/index.ts";

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
    expect(await caller?.uid()).toBe(1000);
    expect(await caller?.uid()).toBe(1000);
    expect(reads).toBe(1);
  });

  test("C3 a connection in any other state than established, or one that is gone, has no uid", async () => {
    const table = HEAD + row("0100007F:1388", "0100007F:2382", "06", 1000);
    const guard = createCallerGuard({ readProcFile: () => Promise.resolve(table) });
    expect(await guard.identify(socketOf("127.0.0.1", 5000))?.uid()).toBeNull();
    expect(await guard.identify(socketOf("127.0.0.1", 5001))?.uid()).toBeNull();
    const broken = createCallerGuard({ readProcFile: () => Promise.reject(new TypeError("no proc")) });
    expect(await broken.identify(socketOf("127.0.0.1", 5000))?.uid()).toBeNull();
  });

  test.each(["127.0.0.1", "::1", "::ffff:127.0.0.1"])("finds this process's own uid over %s", async (host) => {
    const guard = createCallerGuard({ readProcFile: (path) => readFile(path, "utf8") });
    const server = createServer();
    const isMapped = host.startsWith("::ffff:");
    await new Promise<void>((resolve) => server.listen(0, isMapped ? "::" : host, resolve));
    const accepted = new Promise<Socket>((resolve) => server.once("connection", resolve));
    const client = connect((server.address() as AddressInfo).port, host);
    expect(await guard.identify(await accepted)?.uid()).toBe(process.getuid?.());
    client.destroy();
    server.close();
  });
});
