/** The service behind every peer: TLS, keep-alive, one small JSON answer. */
import { readFileSync } from "node:fs";
import https from "node:https";
import type { AddressInfo } from "node:net";

const [cert = "", key = ""] = process.argv.slice(2);
const answer = Buffer.from(
  JSON.stringify({ object: "list", data: Array.from({ length: 4 }, (_, index) => ({ id: `model-${index}`, object: "model" })) }),
);
const server = https.createServer({ cert: readFileSync(cert), key: readFileSync(key), keepAliveTimeout: 60_000 }, (request, response) => {
  request.resume();
  // No peer may win by not sending the key.
  const isKeyed = request.headers.authorization === "Bearer sk-bench-key" || request.url === "/v1/direct";
  response.writeHead(isKeyed ? 200 : 401, { "content-type": "application/json", "content-length": answer.length });
  response.end(answer);
});
server.listen(0, "127.0.0.1", () => process.stdout.write(`ready ${(server.address() as AddressInfo).port}\n`));
