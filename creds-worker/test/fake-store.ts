import { createHash } from "node:crypto";
import http, { Agent, type IncomingMessage, type ServerResponse } from "node:http";
import { listen, type Listening } from "@agentkeys/common/http";

interface Stored {
  body: Buffer;
  etag: string;
}

const xml = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");

/** An object store in memory behind a real port: enough of S3 for the vault, with the faults a real one can show. */
export class FakeStore {
  readonly objects = new Map<string, Stored>();
  /** `METHOD key` of every call that arrived. */
  readonly calls: string[] = [];
  /** Answers 403 where an object is missing, as AWS does when ListBucket is bound to a prefix. */
  hidesMissing = false;
  /** `METHOD key` that is refused with AccessDenied; `LIST` for every listing. */
  readonly refused = new Set<string>();
  pageSize = 1000;
  /** Sends the object without a length and never ends it. */
  isEndless = false;
  readonly sockets = new Set<object>();
  readonly agent = new Agent({ keepAlive: true });
  #server: Listening | undefined;

  async start(): Promise<string> {
    this.#server = await listen((request, response) => void this.#answer(request, response), { port: 0, host: "127.0.0.1" });
    return `http://127.0.0.1:${this.#server.port}`;
  }

  async stop(): Promise<void> {
    this.agent.destroy();
    await this.#server?.close(0);
  }

  put(key: string, body: Uint8Array): string {
    const etag = `"${createHash("md5").update(body).digest("hex")}"`;
    this.objects.set(key, { body: Buffer.from(body), etag });
    return etag;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.sockets.add(request.socket);
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const url = new URL(request.url ?? "/", "http://store");
    const key = decodeURIComponent(url.pathname.split("/").slice(2).join("/"));
    const isList = url.searchParams.has("list-type");
    const call = isList ? "LIST" : `${request.method ?? ""} ${key}`;
    this.calls.push(isList ? `LIST ${url.searchParams.get("prefix") ?? ""}` : call);
    if (this.refused.has(call)) this.#fault(response, 403, "AccessDenied");
    else if (isList) this.#list(response, url.searchParams);
    else if (request.method === "POST") this.#deleteMany(response, body.toString("utf8"));
    else if (request.method === "PUT") this.#store(request, response, key, body);
    else if (request.method === "DELETE") {
      this.objects.delete(key);
      response.writeHead(204).end();
    } else this.#read(response, key);
  }

  #read(response: ServerResponse, key: string): void {
    const stored = this.objects.get(key);
    if (stored === undefined) this.#fault(response, this.hidesMissing ? 403 : 404, this.hidesMissing ? "AccessDenied" : "NoSuchKey");
    else if (this.isEndless) {
      response.writeHead(200, { etag: stored.etag });
      const pump = (): void => {
        if (!response.destroyed) response.write(Buffer.alloc(32_768), pump);
      };
      pump();
    } else response.writeHead(200, { etag: stored.etag, "content-length": stored.body.length }).end(stored.body);
  }

  #store(request: IncomingMessage, response: ServerResponse, key: string, body: Buffer): void {
    const { "if-match": match, "if-none-match": none } = request.headers;
    const old = this.objects.get(key);
    if ((none === "*" && old !== undefined) || (match !== undefined && old !== undefined && old.etag !== match))
      this.#fault(response, 412, "PreconditionFailed");
    else if (match !== undefined && old === undefined) this.#fault(response, 404, "NoSuchKey");
    else response.writeHead(200, { etag: this.put(key, body) }).end();
  }

  #list(response: ServerResponse, query: URLSearchParams): void {
    const prefix = query.get("prefix") ?? "";
    const after = query.get("continuation-token") ?? "";
    const size = Math.min(this.pageSize, Number(query.get("max-keys") ?? 1000));
    const all = [...this.objects.keys()].filter((key) => key.startsWith(prefix) && key > after).sort();
    const page = all.slice(0, size);
    const rows = page.map((key) => {
      const etag = this.objects.get(key)?.etag ?? "";
      return `<Contents><Key>${xml(key)}</Key><ETag>${etag}</ETag><LastModified>2027-01-15T08:00:00.000Z</LastModified></Contents>`;
    });
    const more = all.length > size ? `<NextContinuationToken>${xml(page.at(-1) ?? "")}</NextContinuationToken>` : "";
    const head = `<IsTruncated>${all.length > size}</IsTruncated>${more}`;
    response.writeHead(200, { "content-type": "application/xml" });
    response.end(`<?xml version="1.0"?><ListBucketResult>${head}${rows.join("")}</ListBucketResult>`);
  }

  #deleteMany(response: ServerResponse, body: string): void {
    const errors = [...body.matchAll(/<Key>([^<]*)<\/Key>/g)].flatMap(([, key = ""]) => {
      if (this.refused.has(`DELETE ${key}`)) return [`<Error><Key>${key}</Key><Code>AccessDenied</Code></Error>`];
      this.objects.delete(key);
      return [];
    });
    response.writeHead(200, { "content-type": "application/xml" });
    response.end(`<?xml version="1.0"?><DeleteResult>${errors.join("")}</DeleteResult>`);
  }

  #fault(response: ServerResponse, status: number, code: string): void {
    response.writeHead(status, { "content-type": "application/xml" });
    response.end(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>${http.STATUS_CODES[status] ?? ""}</Message></Error>`);
  }
}
