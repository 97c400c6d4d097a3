// Calls through the proxy without a pause of its own and prints one line a second: what came back, by status and reason.
const url = `${process.env.OPENAI_BASE_URL}/chat/completions`;
const body = JSON.stringify({ model: "gpt-4o-mini", messages: [{ role: "user", content: "load" }] });
const EVERY_MS = 50;
let counts = {};

async function call() {
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body,
      signal: AbortSignal.timeout(10_000),
    });
    await response.text();
    return response.ok ? "ok" : `${response.status} ${response.headers.get("agentkeys-reason") ?? ""}`;
  } catch (fault) {
    return String(fault.cause?.code ?? fault.name);
  }
}

setInterval(() => void call().then((outcome) => (counts[outcome] = (counts[outcome] ?? 0) + 1)), EVERY_MS);
setInterval(() => {
  console.log(`LOAD ${JSON.stringify({ at: Date.now(), ...counts })}`);
  counts = {};
}, 1000);
