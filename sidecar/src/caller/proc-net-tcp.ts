/** Both ends of a TCP connection as its owner sees them. */
export interface SocketPair {
  localAddress: string;
  localPort: number;
  remoteAddress: string;
  remotePort: number;
}

const ESTABLISHED = "01";

function hexPort(port: number): string {
  return port.toString(16).toUpperCase().padStart(4, "0");
}

/** IPv4 as the kernel prints it on a little-endian machine. */
function hexV4(address: string): string {
  const bytes = address.split(".").map(Number);
  return bytes
    .reverse()
    .map((byte) => byte.toString(16).toUpperCase().padStart(2, "0"))
    .join("");
}

const V6_LOOPBACK = "00000000000000000000000001000000";
const V6_MAPPED_PREFIX = "0000000000000000FFFF0000";

function needles(pair: SocketPair): string[] {
  if (pair.localAddress === "::1") return [`${V6_LOOPBACK}:${hexPort(pair.localPort)} ${V6_LOOPBACK}:${hexPort(pair.remotePort)} `];
  const local = hexV4(pair.localAddress.replace("::ffff:", ""));
  const remote = hexV4(pair.remoteAddress.replace("::ffff:", ""));
  const ends = `:${hexPort(pair.localPort)} `;
  return [
    `${local}${ends}${remote}:${hexPort(pair.remotePort)} `,
    `${V6_MAPPED_PREFIX}${local}${ends}${V6_MAPPED_PREFIX}${remote}:${hexPort(pair.remotePort)} `,
  ];
}

function uidIn(table: string, wanted: readonly string[]): number | null {
  for (const needle of wanted) {
    const at = table.indexOf(` ${needle}`);
    if (at < 0) continue;
    // st tx:rx tr:when retrnsmt uid …
    const [state, , , , uid] = table
      .slice(at + 1 + needle.length, at + 200)
      .trim()
      .split(/\s+/);
    if (state === ESTABLISHED && uid !== undefined) return Number(uid);
  }
  return null;
}

/**
 * Uid of the process that opened the socket with these ends; only established sockets count, so a closed peer whose port was
 * taken over has no identity. Null when not found.
 */
export async function findSocketUid(readProcFile: (path: string) => Promise<string>, pair: SocketPair): Promise<number | null> {
  const wanted = needles(pair);
  const tables = pair.localAddress === "::1" ? ["/proc/net/tcp6"] : ["/proc/net/tcp", "/proc/net/tcp6"];
  for (const path of tables) {
    const uid = uidIn(await readProcFile(path).catch(() => ""), wanted);
    if (uid !== null) return uid;
  }
  return null;
}
