// Runs in a pod: the first call through the proxy, then warm ones. Its own HTTP code is warmed on a server of its own before.
import http from "node:http";
import { performance } from "node:perf_hooks";

const agent = new http.Agent({ keepAlive: true });
const call = (url) =>
  new Promise((resolve, reject) => {
    const begun = performance.now();
    const request = http.get(url, { agent }, (response) => {
      response.resume();
      response.on("end", () => resolve({ status: response.statusCode, ms: performance.now() - begun }));
    });
    request.on("error", reject);
  });

const own = http.createServer((_request, response) => response.end("{}")).listen(0, "127.0.0.1");
await new Promise((resolve) => own.once("listening", resolve));
for (let index = 0; index < 20; index += 1) await call(`http://127.0.0.1:${own.address().port}/`);
own.close();

const url = `${process.env.OPENAI_BASE_URL}/models`;
const at = Date.now();
const first = await call(url);
const warm = [];
for (let index = 0; index < 20; index += 1) warm.push(await call(url));
process.stdout.write(`FIRST ${JSON.stringify({ at, first, warm })}\n`);
