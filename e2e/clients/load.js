// Calls through the proxy without a pause of its own and prints one line a second: what came back, by status and reason. A call counts
// for the second in which it was made; one that ends later has a line of its own with that second.
const url = `${process.env.OPENAI_BASE_URL}/chat/completions`;
const body = JSON.stringify({ model: "gpt-4o-mini", messages: [{ role: "user", content: "load" }] });
const EVERY_MS = 50;
let second = { at: 0, counts: {} };

async function call() {
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body,
      signal: AbortSignal.timeout(30_000),
    });
    await response.text();
    return response.ok ? "ok" : `${response.status} ${response.headers.get("agentkeys-reason") ?? ""}`;
  } catch (fault) {
    return String(fault.cause?.code ?? fault.name);
  }
}

async function callOnce() {
  const mine = second;
  const outcome = await call();
  if (mine === second) mine.counts[outcome] = (mine.counts[outcome] ?? 0) + 1;
  else console.log(`LOAD ${JSON.stringify({ at: mine.at, [outcome]: 1 })}`);
}

setInterval(() => void callOnce(), EVERY_MS);
setInterval(() => {
  second.at = Date.now();
  console.log(`LOAD ${JSON.stringify({ at: second.at, ...second.counts })}`);
  second = { at: 0, counts: {} };
}, 1000);
