/** The least a Node proxy can do: node:http in, undici's dispatch out over verified TLS, the key added, bodies streamed. No checks. */
import { readFileSync } from "node:fs";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { Pool, type Dispatcher } from "undici";

const [cert = "", port = ""] = process.argv.slice(2);
const pool = new Pool(`https://localhost:${port}`, { connect: { ca: readFileSync(cert) }, pipelining: 1 });
const server = http.createServer((request, response) => {
  const headers = { ...request.headers, host: "localhost", authorization: "Bearer sk-bench-key" };
  delete (headers as { connection?: string }).connection;
  const hasBody = request.headers["content-length"] !== undefined || request.headers["transfer-encoding"] !== undefined;
  const options = { path: request.url ?? "/", method: request.method as Dispatcher.HttpMethod, headers, body: hasBody ? request : null };
  pool.dispatch(options, {
    onRequestStart: () => undefined,
    onResponseStart: (_controller, status, answered) => void response.writeHead(status, answered),
    onResponseData: (controller, chunk) => {
      if (!response.write(chunk)) {
        controller.pause();
        response.once("drain", () => controller.resume());
      }
    },
    onResponseEnd: () => void response.end(),
    onResponseError: () => void response.destroy(),
  });
});
server.listen(0, "127.0.0.1", () => process.stdout.write(`ready ${(server.address() as AddressInfo).port}\n`));
