// The official OpenAI SDK with nothing set in code: base URL and key come from the environment.
import OpenAI from "openai";

const client = new OpenAI({ maxRetries: 0 });
const messages = [{ role: "user", content: process.argv[2] ?? "stream 5" }];
try {
  const once = await client.chat.completions.create({ model: "gpt-4o-mini", messages });
  console.log(`ANSWER ${once.choices[0].message.content}`);
  const stream = await client.chat.completions.create({ model: "gpt-4o-mini", messages, stream: true });
  for await (const chunk of stream) console.log(`CHUNK ${Date.now()} ${chunk.choices[0]?.delta?.content ?? ""}`);
  console.log("DONE");
} catch (fault) {
  console.log(`FAULT ${Date.now()} ${fault.status ?? ""} ${fault.code ?? ""} ${fault.message}`);
}
if (process.argv[3] === "stay") {
  process.once("SIGTERM", () => process.exit(0));
  setInterval(() => undefined, 60_000);
}
