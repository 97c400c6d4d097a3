// Sends the same body so many times at once and prints what came back, by status and reason: budget-client.js <calls> <body>.
const [calls, body] = process.argv.slice(2);
const url = `${process.env.OPENAI_BASE_URL}/chat/completions`;

async function call() {
  const response = await fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body });
  await response.text();
  return response.ok ? "ok" : `${response.status} ${response.headers.get("agentkeys-reason")}`;
}

const outcomes = await Promise.all(Array.from({ length: Number(calls) }, call));
const counts = {};
for (const outcome of outcomes) counts[outcome] = (counts[outcome] ?? 0) + 1;
console.log(`BUDGET ${JSON.stringify(counts)}`);
