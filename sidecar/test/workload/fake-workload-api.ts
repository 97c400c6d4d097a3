import { mkdtempSync, rmSync } from "node:fs";
import { createPrivateKey, X509Certificate } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadPackageDefinition, Server, ServerCredentials, status, type ServerWritableStream } from "@grpc/grpc-js";
import { fromJSON } from "@grpc/proto-loader";
import { workloadProto } from "../../src/workload/generated/workload-proto.ts";
import type { SvidMessage } from "../../src/workload/own-identity.ts";
import type { KeyPair } from "./certificates.ts";

type Stream = ServerWritableStream<object, SvidMessage>;

/** The answer that hands out one SVID with the authority of its trust domain; without one it is its own. */
export function messageOf(id: string, { cert, key }: KeyPair, authority = cert, federated: Record<string, string> = {}): SvidMessage {
  const pkcs8 = createPrivateKey(key).export({ type: "pkcs8", format: "der" });
  const svid = {
    spiffe_id: id,
    x509_svid: new X509Certificate(cert).raw,
    x509_svid_key: pkcs8,
    bundle: new X509Certificate(authority).raw,
  };
  const bundles = Object.entries(federated).map(([domain, pem]) => [`spiffe://${domain}`, new X509Certificate(pem).raw]);
  return { svids: [svid], federated_bundles: Object.fromEntries(bundles) as Record<string, Buffer> };
}

/** A Workload API that says what a test wants, over real gRPC on a socket. */
export class FakeWorkloadApi {
  readonly #dir = mkdtempSync(join(tmpdir(), "agentkeys-workload-api-"));
  readonly #server = new Server();
  readonly #streams = new Set<Stream>();
  /** Said to whoever asks; null: permission denied. */
  #message: SvidMessage | null;
  calls = 0;

  constructor(message: SvidMessage | null) {
    this.#message = message;
  }

  get address(): string {
    return `unix://${join(this.#dir, "api.sock")}`;
  }

  async start(): Promise<void> {
    const definition = fromJSON(workloadProto as Parameters<typeof fromJSON>[0], { keepCase: true });
    const { service } = loadPackageDefinition(definition)["SpiffeWorkloadAPI"] as unknown as {
      service: Parameters<Server["addService"]>[0];
    };
    this.#server.addService(service, { FetchX509SVID: (stream: Stream) => this.#answer(stream) });
    await new Promise<void>((resolve, reject) => {
      this.#server.bindAsync(this.address, ServerCredentials.createInsecure(), (fault) => (fault === null ? resolve() : reject(fault)));
    });
  }

  /** Says it on every open stream, and to those who come. */
  say(message: SvidMessage | null): void {
    this.#message = message;
    for (const stream of this.#streams) this.#send(stream);
  }

  /** Ends every open stream in good order. */
  hangUp(): void {
    for (const stream of this.#streams) stream.end();
    this.#streams.clear();
  }

  stop(): void {
    this.#server.forceShutdown();
    rmSync(this.#dir, { recursive: true, force: true });
  }

  #answer(stream: Stream): void {
    this.calls += 1;
    if (stream.metadata.get("workload.spiffe.io")[0] !== "true") {
      stream.emit("error", { code: status.INVALID_ARGUMENT, details: "security header missing from request" });
      return;
    }
    this.#streams.add(stream);
    stream.on("cancelled", () => this.#streams.delete(stream));
    this.#send(stream);
  }

  #send(stream: Stream): void {
    if (this.#message !== null) {
      stream.write(this.#message);
      return;
    }
    this.#streams.delete(stream);
    stream.emit("error", { code: status.PERMISSION_DENIED, details: "no identity issued" });
  }
}
