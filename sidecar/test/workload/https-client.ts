import { Agent, request } from "node:https";
import { createHash, X509Certificate } from "node:crypto";
import type { TLSSocket } from "node:tls";
import type { ClientSvid } from "./spire.ts";

export interface MtlsAnswer {
  status: number;
  reason: string | undefined;
  /** The proxy wants no further request on this connection. */
  isClosing: boolean;
  /** Local port: tells one connection from another. */
  connection: number | undefined;
  /** SPIFFE ID and authority of the proxy, as presented on this connection. */
  proxy: { subject: string | undefined; fingerprint: string };
}

/** SHA-256 of the key of a certificate. */
export function publicKeySha256(cert: string): Buffer {
  return createHash("sha256")
    .update(new X509Certificate(cert).publicKey.export({ type: "spki", format: "der" }))
    .digest();
}

/** A client with a pool of one kept-alive connection; `svid` null: without a certificate. */
export class MtlsClient {
  readonly #agent: Agent;
  readonly #port: number;

  constructor(port: number, svid: ClientSvid | null, ca: string) {
    this.#port = port;
    this.#agent = new Agent({
      keepAlive: true,
      maxSockets: 1,
      ca,
      ...(svid === null ? {} : { cert: svid.cert, key: svid.key }),
      // SPIFFE knows no host names: who the server is stands in its URI name.
      checkServerIdentity: () => undefined,
    });
  }

  ask(path: string, headers: Record<string, string> = {}): Promise<MtlsAnswer> {
    return new Promise((resolve, reject) => {
      const host = headers["host"] ?? `localhost:${this.#port}`;
      const sent = request({ agent: this.#agent, host: "127.0.0.1", port: this.#port, path, headers: { ...headers, host } }, (response) => {
        const socket = response.socket as TLSSocket;
        const { localPort: connection } = socket;
        const { subjectaltname: subject, fingerprint256: fingerprint } = socket.getPeerCertificate();
        const reason = response.headers["agentkeys-reason"] as string | undefined;
        const isClosing = response.headers.connection === "close";
        response.on("end", () =>
          resolve({ status: response.statusCode ?? 0, reason, isClosing, connection, proxy: { subject, fingerprint } }),
        );
        response.on("error", reject).resume();
      });
      sent.on("error", reject).end();
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}
