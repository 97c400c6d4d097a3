/* eslint no-console: off */
// `helm test`: an agent as any other. It has an address and a placeholder, and asks the stub what arrived.
const { TEST_BASE_URL: base = "", TEST_API_KEY: key = "" } = process.env;
const deadline = Date.now() + 150_000;
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

function check(claim, holds, seen) {
  console.log(`${holds ? "ok  " : "FAIL"} ${claim}${holds ? "" : `: ${seen}`}`);
  if (!holds) process.exitCode = 1;
}

function call(method, path) {
  return fetch(base + path, { method, headers: { authorization: `Bearer ${key}` }, signal: AbortSignal.timeout(10_000) });
}

// A binding needs its transactions on chain and its credential in the vault before the first answer.
async function firstAnswer() {
  for (let last = "no answer"; ; await sleep(1000)) {
    try {
      const response = await call("POST", "/v1/echo");
      const body = await response.text();
      if (response.status === 200) return JSON.parse(body);
      if (`${response.status} ${body}` !== last) console.log(`wait ${(last = `${response.status} ${body}`)}`);
    } catch (fault) {
      if (fault.message !== last) console.log(`wait ${(last = fault.message)}`);
    }
    if (Date.now() > deadline) throw new Error(`no answer in 150 s; the last was: ${last}`);
  }
}

try {
  check("the pod was given an address on localhost", /^http:\/\/localhost:\d+\/agentkeys-test$/.test(base), base);
  check("the pod holds a placeholder", key.startsWith("sk-agentkeys-"), "another key");
  if (process.exitCode) throw new Error("the webhook did not give this pod what its binding names");
  const seen = await firstAnswer();
  check("the provider got the real key", seen.realKey, "another key");
  check("the provider got no placeholder", !seen.placeholder, "it did");
  const refused = await call("POST", "/v1/other");
  check("a path that the service does not list is refused", refused.status === 403, `status ${refused.status}`);
  console.log(process.exitCode ? "AgentKeys does not work here" : "AgentKeys works: injected, bound on chain, delivered, proxied");
} catch (fault) {
  console.log(`FAIL ${fault.message}`);
  console.log("next: kubectl get agentkeysbinding agentkeys-test -o yaml, and docs/how-to/troubleshoot.md");
  process.exitCode = 1;
}
