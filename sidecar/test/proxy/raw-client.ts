import { connect, type Socket } from "node:net";

export interface RawAnswer {
  status: number;
  head: string;
  headers: Map<string, string>;
  body: string;
  /** The server closed the connection. */
  closed: boolean;
}

export function parseAnswer(text: string, closed: boolean): RawAnswer {
  const end = text.indexOf("\r\n\r\n");
  const head = end < 0 ? text : text.slice(0, end);
  const lines = head.split("\r\n");
  const headers = new Map(
    lines.slice(1).map((line) => [line.slice(0, line.indexOf(":")).toLowerCase(), line.slice(line.indexOf(":") + 1).trim()]),
  );
  return { status: Number(lines[0]?.split(" ")[1] ?? 0), head, headers, body: end < 0 ? "" : text.slice(end + 4), closed };
}

/** Opens a raw connection to the proxy; `text()` is everything received so far. */
export async function openRaw(
  port: number,
  host = "127.0.0.1",
): Promise<{ socket: Socket; text: () => string; ended: Promise<void>; until: (part: string) => Promise<void> }> {
  const socket = connect(port, host);
  let text = "";
  let notify: () => void = () => undefined;
  socket.on("data", (chunk) => {
    text += chunk.toString("latin1");
    notify();
  });
  socket.on("error", () => undefined);
  const ended = new Promise<void>((resolve) =>
    socket.on("close", () => {
      resolve();
      notify();
    }),
  );
  await new Promise<void>((resolve) => socket.once("connect", resolve));
  const until = (part: string): Promise<void> =>
    new Promise((resolve, reject) => {
      notify = () => {
        if (text.includes(part)) resolve();
        else if (socket.destroyed) reject(new Error(`closed before ${part}: ${text}`));
      };
      notify();
    });
  return { socket, text: () => text, ended, until };
}

/** Sends bytes as they are and reads until the server closes; `Connection: close` is the caller's business. */
export async function sendRaw(port: number, bytes: string | Buffer): Promise<RawAnswer> {
  const { socket, text, ended } = await openRaw(port);
  socket.write(bytes);
  await ended;
  return parseAnswer(text(), true);
}
