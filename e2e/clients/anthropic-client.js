// The official Anthropic SDK with nothing set in code.
import Anthropic from "@anthropic-ai/sdk";

const client = new Anthropic({ maxRetries: 0 });
const ask = { model: "claude-sonnet-4-5", max_tokens: 16, messages: [{ role: "user", content: "hi" }] };
try {
  const once = await client.messages.create(ask);
  console.log(`ANSWER ${once.content[0].text}`);
  const stream = await client.messages.create({ ...ask, stream: true });
  for await (const event of stream) if (event.type === "content_block_delta") console.log(`CHUNK ${Date.now()} ${event.delta.text}`);
  console.log("DONE");
} catch (fault) {
  console.log(`FAULT ${Date.now()} ${fault.status ?? ""} ${fault.message}`);
}
