// The page that asks a wallet in the browser (EIP-1193). It shows what the command sends it and gives back what the wallet answers;
// what was asked for and what came back is checked by the command, never here.
const USER_REJECTED = 4001;
const UNKNOWN_CHAIN = 4902;
// An account may be chosen here and in the wallet at once: the second answer is of no use.
const ANSWERED = 409;

const session = document.body.dataset.session;
const place = document.getElementById("place");
const log = document.getElementById("log");
const wallets = new Map();
let wallet;

function element(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

function show(...children) {
  place.replaceChildren(...children);
}

function problem(text) {
  return element("p", { className: "problem", role: "alert", textContent: text });
}

function post(path, body) {
  const headers = { "content-type": "application/json", "agentkeys-page": session };
  return fetch(path, { method: "POST", headers, body: JSON.stringify(body), cache: "no-store" });
}

async function answer(id, body) {
  const response = await post("/answer", { id, ...body });
  if (!response.ok && response.status !== ANSWERED) end("The command no longer listens. Look at your terminal.");
}

const faultOf = (fault) => ({ code: Number(fault?.code) || 0, message: String(fault?.message ?? fault).slice(0, 300) });

/** A button's work; while it runs the button cannot be pressed again. */
function button(text, className, work) {
  const made = element("button", { type: "button", className, textContent: text });
  made.addEventListener("click", async () => {
    for (const other of place.querySelectorAll("button")) other.disabled = true;
    await work();
  });
  return made;
}

window.addEventListener("eip6963:announceProvider", ({ detail }) => {
  if (detail?.info?.uuid && detail.provider?.request) wallets.set(detail.info.uuid, detail);
});
window.dispatchEvent(new Event("eip6963:requestProvider"));

/** Wallets that announced themselves, else the one that took the common place. */
function found() {
  if (wallets.size > 0) return [...wallets.values()];
  return window.ethereum?.request ? [{ info: { name: "your browser's wallet" }, provider: window.ethereum }] : [];
}

function walletButton({ info, provider }, id) {
  const made = button(`Connect ${info.name}`, "main", async () => {
    wallet = provider;
    await connect(id);
  });
  if (String(info.icon ?? "").startsWith("data:image/")) made.prepend(element("img", { src: info.icon, alt: "", width: 20, height: 20 }));
  return made;
}

async function connect(id) {
  try {
    await answer(id, { accounts: await wallet.request({ method: "eth_requestAccounts" }) });
  } catch (fault) {
    await answer(id, { fault: faultOf(fault) });
  }
}

/** Whose wallet it has to be; without an operator any account will do. */
function whoSigns({ account, operator, purpose }) {
  if (!operator) return [element("p", { textContent: `Choose the account that signs. ${purpose ?? ""}` })];
  const who = account ? element("code", { textContent: account }) : "the master wallet of the operator";
  const omni = element("p", { className: "small" }, "Operator ", element("code", { textContent: operator }));
  return [element("p", {}, "This has to be signed by ", who, "."), omni];
}

function askConnect(job) {
  const { id, trouble } = job;
  const parts = [element("h2", { textContent: "Connect your wallet" }), ...whoSigns(job)];
  if (trouble) parts.push(problem(trouble));
  const buttons = found().map((one) => walletButton(one, id));
  if (buttons.length === 0) {
    parts.push(problem("No wallet was found in this browser. Install or unlock one, then look again."));
    buttons.push(button("Look again", "main", () => Promise.resolve(askConnect({ ...job, trouble: undefined }))));
  }
  window.dispatchEvent(new Event("eip6963:requestProvider"));
  buttons.push(button("Cancel", "", () => answer(id, { fault: { code: USER_REJECTED, message: "cancelled on the page" } })));
  show(...parts, element("div", { className: "buttons" }, ...buttons));
  // A person who picks the right account in the wallet need not press anything here.
  if (trouble && wallet?.on) wallet.on("accountsChanged", (accounts) => accounts.length > 0 && answer(id, { accounts }));
}

async function ensureChain(chainId) {
  const wanted = `0x${chainId.toString(16)}`;
  const isThere = async () => BigInt(await wallet.request({ method: "eth_chainId" })) === BigInt(chainId);
  if (await isThere()) return;
  await wallet.request({ method: "wallet_switchEthereumChain", params: [{ chainId: wanted }] });
  if (!(await isThere())) throw { code: UNKNOWN_CHAIN, message: "the wallet stayed on another chain" };
}

/** The account that was connected must still be the one that signs. */
async function ensureAccount(account) {
  const accounts = await wallet.request({ method: "eth_accounts" });
  if (!accounts.some((one) => String(one).toLowerCase() === account.toLowerCase()))
    throw { code: USER_REJECTED, message: `the wallet no longer offers ${account}` };
}

/** What the wallet gets, as names and values. */
function contentOf({ typedData, creates, to, data }) {
  if (typedData) return [["typed data", JSON.stringify(typedData.message, null, 2)]];
  if (!creates)
    return [
      ["contract", to],
      ["calldata", data],
    ];
  return [["new contract", creates.contract], ...creates.arguments.map(({ name, value }) => [name, value]), ["init code", data]];
}

function details(job) {
  const rows = contentOf(job);
  const list = rows.flatMap(([name, value]) => [
    element("dt", { textContent: name }),
    element("dd", {}, element("code", { textContent: value })),
  ]);
  return element("details", {}, element("summary", { textContent: "What the wallet gets" }), element("dl", {}, ...list));
}

async function sign(job) {
  const { id, account, chainId, typedData, to, data, nonce } = job;
  // A count that the command gives sees to it that nothing takes effect twice.
  const counted = nonce === undefined ? {} : { nonce: `0x${nonce.toString(16)}` };
  try {
    await ensureChain(chainId);
    await ensureAccount(account);
    const result = typedData
      ? await wallet.request({ method: "eth_signTypedData_v4", params: [account, JSON.stringify(typedData)] })
      : await wallet.request({
          method: "eth_sendTransaction",
          // Without a target its data is the code of a contract that is created.
          params: [{ from: account, ...(to ? { to } : {}), data, value: "0x0", chainId: `0x${chainId.toString(16)}`, ...counted }],
        });
    note(job, typedData ? "signed" : "sent", result);
    show(element("p", { className: "wait", textContent: typedData ? "Signed. The command goes on." : "Sent. Waiting until it is mined." }));
    await answer(id, { result });
  } catch (fault) {
    show(element("p", { textContent: "The wallet did not sign." }));
    await answer(id, { fault: faultOf(fault) });
  }
}

function note({ words, explorer, typedData }, what, result) {
  const item = element("li", {}, `${what}: ${words.join("; ")} `);
  if (!typedData && explorer)
    item.append(element("a", { href: explorer.replace("{hash}", result), target: "_blank", rel: "noreferrer", textContent: "look at it" }));
  log.append(item);
}

function askSign(job) {
  const heading = job.typedData ? "Sign a message" : job.creates ? "Create a contract" : "Sign a transaction";
  const words = element("ul", { className: "words" }, ...job.words.map((text) => element("li", { textContent: text })));
  const yes = button(job.typedData ? "Sign" : "Sign and send", "main", () => sign(job));
  const no = button("Refuse", "", () => answer(job.id, { fault: { code: USER_REJECTED, message: "refused on the page" } }));
  show(
    element("h2", { textContent: heading }),
    element("p", { textContent: "Signing this would" }),
    words,
    element("p", { className: "small" }, `on ${job.chain} (chain ${job.chainId}) with `, element("code", { textContent: job.account })),
    details(job),
    element("div", { className: "buttons" }, yes, no),
  );
  yes.focus();
}

function end(text) {
  show(element("h2", { textContent: "Finished" }), element("p", { textContent: text }));
}

/** Exactly one of the things that can be signed, in words. */
function isKnown({ words, typedData, to, creates }) {
  const isInWords = Array.isArray(words) && words.length > 0;
  return isInWords && [typedData, to, creates].filter((one) => one !== undefined && one !== null).length === 1;
}

async function refuse({ id }) {
  show(problem("The command asks for something that this page does not know. Nothing was signed."));
  await answer(id, { fault: { code: USER_REJECTED, message: "the page does not know what was asked for" } });
}

async function take(job) {
  if (job.kind === "connect") askConnect(job);
  else if (job.kind === "sign" && isKnown(job)) askSign(job);
  else if (job.kind === "end") end(job.text);
  else await refuse(job);
  return job.kind === "end";
}

/** One line a job, for as long as the command runs; that it ends tells the command that the page is gone. */
async function follow() {
  const reader = (await post("/jobs", {})).body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return end("The command ended. Look at your terminal.");
    const lines = (text + value).split("\n");
    text = lines.pop();
    for (const line of lines) if (line !== "" && (await take(JSON.parse(line)))) return undefined;
  }
}

follow().catch(() => end("The command ended. Look at your terminal."));
