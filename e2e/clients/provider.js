// A stub model provider over TLS that records what it received: OpenAI chat completions and Anthropic messages, streamed or not.
import { readFileSync } from "node:fs";
import http from "node:http";
import https from "node:https";

const recorded = [];
const CHUNK_MS = Number(process.env.CHUNK_MS ?? 100);
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

async function stream(response, events) {
  response.writeHead(200, { "content-type": "text/event-stream" });
  for (const event of events) {
    if (response.destroyed) return;
    response.write(event);
    await sleep(CHUNK_MS);
  }
  response.end();
}

const words = (count) => Array.from({ length: count }, (_, index) => `word${index} `);

function openai(body, response) {
  const model = body.model ?? "stub";
  const chunk = (delta, finish = null) =>
    `data: ${JSON.stringify({ id: "c1", object: "chat.completion.chunk", created: 1, model, choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;
  if (body.stream) {
    const count = Number(/stream (\d+)/.exec(JSON.stringify(body.messages))?.[1] ?? 5);
    return stream(response, [
      ...words(count).map((content) => chunk({ role: "assistant", content })),
      chunk({}, "stop"),
      "data: [DONE]\n\n",
    ]);
  }
  const choices = [{ index: 0, message: { role: "assistant", content: "hello from the provider" }, finish_reason: "stop" }];
  const [, input = 1, output = 4] = /usage (\d+) (\d+)/.exec(JSON.stringify(body.messages)) ?? [];
  const usage = { prompt_tokens: Number(input), completion_tokens: Number(output), total_tokens: Number(input) + Number(output) };
  response.writeHead(200, { "content-type": "application/json" });
  response.end(JSON.stringify({ id: "c1", object: "chat.completion", created: 1, model, choices, usage }));
}

function anthropic(body, response) {
  const event = (type, data) => `event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`;
  const message = {
    id: "m1",
    type: "message",
    role: "assistant",
    model: body.model,
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage: { input_tokens: 1, output_tokens: 1 },
  };
  if (body.stream) {
    return stream(response, [
      event("message_start", { message }),
      event("content_block_start", { index: 0, content_block: { type: "text", text: "" } }),
      ...words(5).map((text) => event("content_block_delta", { index: 0, delta: { type: "text_delta", text } })),
      event("content_block_stop", { index: 0 }),
      event("message_delta", { delta: { stop_reason: "end_turn", stop_sequence: null }, usage: { output_tokens: 5 } }),
      event("message_stop", {}),
    ]);
  }
  response.writeHead(200, { "content-type": "application/json" });
  response.end(JSON.stringify({ ...message, content: [{ type: "text", text: "hello from the provider" }], stop_reason: "end_turn" }));
}

const server = https.createServer({ cert: readFileSync("/tls/tls.crt"), key: readFileSync("/tls/tls.key") }, (request, response) => {
  let text = "";
  request.on("data", (chunk) => (text += chunk));
  request.on("end", () => {
    recorded.push({ method: request.method, path: request.url, headers: request.headers, body: text });
    response.on("close", () => response.writableEnded || (recorded.at(-1).cut = true));
    const body = text === "" ? {} : JSON.parse(text);
    if (request.url.endsWith("/chat/completions")) return openai(body, response);
    if (request.url.endsWith("/v1/messages")) return anthropic(body, response);
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify({ path: request.url, method: request.method }));
  });
});
server.listen(8443);
// A probe must not have to wait for the list, which grows with the run.
http.createServer((request, response) => response.end(request.url === "/healthz" ? "ok" : JSON.stringify(recorded))).listen(8080);
