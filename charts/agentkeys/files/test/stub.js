/* eslint no-console: off */
// `helm test`: a provider over TLS that knows the key it should get. It answers what it received, never the key itself.
import { readFileSync } from "node:fs";
import { createServer } from "node:https";

const expected = `Bearer ${readFileSync("/etc/agentkeys/credential/key", "utf8")}`;
const tls = { cert: readFileSync("/etc/agentkeys/tls/tls.crt"), key: readFileSync("/etc/agentkeys/tls/tls.key") };

const server = createServer(tls, (request, response) => {
  request.resume().on("end", () => {
    const everything = [request.url, ...request.rawHeaders].join("\n");
    const seen = { realKey: request.headers.authorization === expected, placeholder: everything.includes("sk-agentkeys-") };
    console.log(JSON.stringify({ method: request.method, url: request.url, ...seen }));
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(seen));
  });
});
server.listen(8443);
for (const signal of ["SIGTERM", "SIGINT"]) process.on(signal, () => process.exit(0));
