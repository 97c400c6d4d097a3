// Calls one after the other until the day's budget is used up and prints what came back, by status and reason: spender.js <body>.
const [body] = process.argv.slice(2);
const url = `${process.env.OPENAI_BASE_URL}/chat/completions`;
const PAUSE_MS = 100;
/** What is only held by calls under way comes back sooner. */
const HELD_SECONDS = 5;
const counts = {};

for (let isOver = false; !isOver;) {
  const response = await fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body });
  await response.text();
  const outcome = response.ok ? "ok" : `${response.status} ${response.headers.get("agentkeys-reason")}`;
  counts[outcome] = (counts[outcome] ?? 0) + 1;
  isOver = outcome === "429 budget_exceeded" && Number(response.headers.get("retry-after")) > HELD_SECONDS;
  await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
}
console.log(`BUDGET ${JSON.stringify(counts)}`);
