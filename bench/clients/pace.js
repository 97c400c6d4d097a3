// Runs in a pod: calls through the proxy at a steady 500 a second and prints how many were answered in each second.
import http from "node:http";

const [EVERY_MS, CALLS_AT_ONCE] = [10, 5];
const url = `${process.env.OPENAI_BASE_URL}/models`;
const agent = new http.Agent({ keepAlive: true, maxSockets: 64 });
let counts = {};
const count = (outcome) => (counts[outcome] = (counts[outcome] ?? 0) + 1);

function call() {
  const request = http.get(url, { agent }, (response) => {
    response.resume();
    response.on("end", () => count(response.statusCode));
  });
  request.on("error", (fault) => count(fault.code));
}

setInterval(() => {
  for (let index = 0; index < CALLS_AT_ONCE; index += 1) call();
}, EVERY_MS);
setInterval(() => {
  process.stdout.write(`PACE ${JSON.stringify(counts)}\n`);
  counts = {};
}, 1000);
