import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { randomBytes, randomUUID } from "node:crypto";
import { request } from "node:http";
import type { Page } from "playwright-core";
import { listen } from "@agentkeys/common/http";
import { keyHex } from "@agentkeys/common/identity";
import { openBrowserSigner } from "../src/wallet/browser-signer.ts";
import { servePage, type WalletPage } from "../src/wallet/page-server.ts";
import { BrowserWallet, connect, signAll, startBrowser, type Browser } from "./fakes/browser.ts";
import { TestMachine, type Outcome } from "./fakes/machine.ts";
import { startProposing, type Bound, type Proposing } from "./fakes/proposing.ts";

let cluster: Proposing;
let browser: Browser;
let machine: TestMachine;
let wallet: BrowserWallet;
let names = 0;

beforeAll(async () => {
  [cluster, browser] = await Promise.all([startProposing(), startBrowser()]);
}, 60_000);
afterAll(async () => {
  await browser.close();
  await cluster.stop();
});
beforeEach(() => {
  machine = new TestMachine();
  cluster.install(machine);
  wallet = new BrowserWallet(keyHex(cluster.local.walletKey), cluster.local.url);
});
afterEach(() => wallet.close());

interface Run {
  url: string;
  bound: Bound;
  outcome: Promise<Outcome>;
}

/** `agentkeys apply --browser` of a new binding, up to where its page can be opened. */
async function startApply(): Promise<Run> {
  const name = `agent-${++names}`;
  const bound = await cluster.bind(machine, name, ["openai", "github"]);
  return await new Promise((resolve) => {
    const outcome = machine.run(["apply", `team-a/${name}`, "--browser", "--json"], {
      onRemark: (text) => {
        const url = /http:\/\/127\.0\.0\.1:\d+\/\S+/.exec(text)?.[0];
        if (url !== undefined) resolve({ url, bound, outcome });
      },
    });
  });
}

const isGranted = async ({ actor }: Bound): Promise<boolean> => (await cluster.chain.scope(actor)).isSet;

describe("a wallet in the browser", () => {
  test("signs what the page says in words; the chain then holds exactly that", async () => {
    const { url, bound, outcome } = await startApply();
    const page = await browser.tab(wallet);
    await connect(page, url);
    await page.getByText("as a master device").waitFor();
    expect(await page.locator("main").innerText()).toMatch(
      /Signing this would[^]*register device 0x\w{64} as a master device[^]*on lab \(chain 31337\) with 0x/,
    );
    await signAll(page, 2);
    await page.getByText("let agent").waitFor();
    expect(await page.locator(".words").innerText()).toMatch(/let agent team-a\/agent-\d+ use exactly openai, github \(read-only\)/);
    await signAll(page, 1);
    const done = await outcome;
    expect(done).toMatchObject({ code: 0 });
    expect((done.json() as { action: string }[]).map(({ action }) => action)).toEqual(["RegisterMaster", "RegisterDevice", "SetScope"]);
    await page.getByText("Finished").waitFor();
    expect(await isGranted(bound)).toBe(true);
    expect(await page.locator("#log a").first().getAttribute("href")).toMatch(/^https:\/\/scan\.example\/tx\/0x[0-9a-f]{64}$/);
    await page.close();
  });

  test("in the common place, on another chain, is asked to switch first", async () => {
    wallet.chainId = 1;
    const { url, outcome } = await startApply();
    const page = await browser.tab(wallet, "injected");
    await connect(page, url);
    await signAll(page, 2);
    expect(await outcome).toMatchObject({ code: 0 });
    expect(wallet.asked).toContain("wallet_switchEthereumChain");
    await page.close();
  });

  const refused = async (prepare: (page: Page, url: string) => Promise<void>): Promise<{ fault: unknown; isGranted: boolean }> => {
    const { url, bound, outcome } = await startApply();
    const page = await browser.tab(wallet);
    await prepare(page, url);
    const { code, err } = await outcome;
    expect(code).toBe(1);
    if (!page.isClosed()) await page.close();
    return { fault: JSON.parse(err.slice(err.lastIndexOf('{"error"'))), isGranted: await isGranted(bound) };
  };

  test("that does not know the chain is told so", async () => {
    wallet.chainId = 1;
    wallet.knownChains = [1];
    const { fault, isGranted: is } = await refused(async (page, url) => {
      await connect(page, url);
      await signAll(page, 1);
    });
    expect([fault, is]).toEqual([{ reason: "wallet_rejected", error: expect.stringContaining("does not know lab (chain 31337)") }, false]);
  });

  test("whose owner says no sends nothing", async () => {
    wallet.mind = "no";
    const { fault, isGranted: is } = await refused(async (page, url) => {
      await connect(page, url);
      await signAll(page, 1);
    });
    expect([fault, is]).toEqual([
      { reason: "wallet_rejected", error: expect.stringMatching(/User rejected[^]*nothing was applied/) },
      false,
    ]);
  });

  test("is refused on the page itself, before and after it is connected", async () => {
    for (const button of ["Cancel", "Refuse"]) {
      const { fault } = await refused(async (page, url) => {
        if (button === "Cancel") await page.goto(url);
        else await connect(page, url);
        await page.getByRole("button", { name: button }).click();
      });
      expect(fault).toMatchObject({ reason: "wallet_rejected" });
    }
  });

  test("that sends another transaction than it was asked for is found out", async () => {
    wallet.mind = "another transaction";
    const { fault, isGranted: is } = await refused(async (page, url) => {
      await connect(page, url);
      await signAll(page, 1);
    });
    expect([fault, is]).toEqual([{ reason: "call_refused", error: expect.stringContaining("sent another transaction") }, false]);
  });

  test("with another account is told which one it has to be, and goes on when it is chosen", async () => {
    const own = wallet.key;
    wallet.key = `0x${"1".repeat(64)}`;
    const { url, bound, outcome } = await startApply();
    const page = await browser.tab(wallet);
    await connect(page, url);
    await page.getByText("is not the master wallet").waitFor();
    wallet.key = own;
    expect(await page.locator(".problem").innerText()).toContain(`Choose ${wallet.address}`);
    await page.getByRole("button", { name: /Connect/ }).click();
    await signAll(page, 2);
    expect(await outcome).toMatchObject({ code: 0 });
    expect(await isGranted(bound)).toBe(true);
    await page.close();
  });

  test("whose owner changes the account there need not press anything", async () => {
    const own = wallet.key;
    wallet.key = `0x${"1".repeat(64)}`;
    const { url, outcome } = await startApply();
    const page = await browser.tab(wallet);
    await connect(page, url);
    await page.getByText("is not the master wallet").waitFor();
    wallet.key = own;
    await page.evaluate((account) => {
      (globalThis as unknown as { accountsChanged: (accounts: string[]) => void }).accountsChanged([account]);
    }, wallet.address);
    await page.getByRole("button", { name: "Refuse" }).click();
    expect(await outcome).toMatchObject({ code: 1, err: expect.stringContaining("refused on the page") });
    await page.close();
  });

  test("that is closed half way leaves a command that says what was sent", async () => {
    const { fault, isGranted: is } = await refused(async (page, url) => {
      await connect(page, url);
      await signAll(page, 1);
      await page.getByText("let agent").waitFor();
      await page.close();
    });
    expect([fault, is]).toEqual([
      { reason: "wallet_page_closed", error: expect.stringMatching(/applied: register device[^]*left: let agent/) },
      false,
    ]);
  });

  test("that is not there is said on the page", async () => {
    const { url, outcome } = await startApply();
    const page = await browser.tab();
    await page.goto(url);
    await page.getByText("No wallet was found in this browser").waitFor();
    await page.close();
    expect(await outcome).toMatchObject({ code: 1 });
  });
});

describe("the page", () => {
  let page: WalletPage;
  beforeEach(async () => {
    page = await servePage({ randomBytes, newId: randomUUID });
  });
  afterEach(() => page.close("over"));

  const at = (): URL => new URL(page.url);
  interface Answer {
    status: number;
    headers: Record<string, unknown>;
    body: string;
  }
  const call = (path: string, of: { method?: string; headers?: Record<string, string>; body?: string } = {}): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const { method = "GET", headers = {}, body } = of;
      const sent = request({ host: "127.0.0.1", port: at().port, path, method, headers: { host: at().host, ...headers } }, (response) => {
        let text = "";
        response.on("data", (chunk: Buffer) => (text += chunk.toString()));
        response.on("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }));
      });
      sent.once("error", reject);
      sent.end(body);
    });
  const open = async (): Promise<string> => /data-session="([^"]+)"/.exec((await call(at().pathname)).body)?.[1] ?? "";
  const own = (session: string): Record<string, string> => ({ origin: at().origin, "agentkeys-page": session });

  test("lets nothing but its own script and style run, in no frame, and keeps nothing", async () => {
    const { headers, body } = await call(at().pathname);
    expect(headers["content-security-policy"]).toMatch(
      /^default-src 'none'; script-src 'nonce-[\w-]+'; style-src 'nonce-[\w-]+'; img-src data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'$/,
    );
    expect(headers).toMatchObject({ "cache-control": "no-store", "referrer-policy": "no-referrer", "x-frame-options": "DENY" });
    expect(body).not.toMatch(/(src|href)="(?!data:)/);
  });

  test("opens once: again it is another person's, whatever they know", async () => {
    expect((await call(at().pathname)).status).toBe(200);
    expect(await call(at().pathname)).toMatchObject({ status: 410, body: expect.stringContaining("opened already") });
  });

  test("does not open in advance, for a tampered token, or under another name", async () => {
    expect((await call(at().pathname, { headers: { "sec-purpose": "prefetch;prerender" } })).status).toBe(503);
    expect((await call(`/${randomBytes(32).toString("base64url")}/`)).status).toBe(404);
    expect((await call(at().pathname.slice(0, -2))).status).toBe(404);
    expect((await call("/")).status).toBe(404);
    for (const host of [`localhost:${at().port}`, "evil.example", `127.0.0.1`])
      expect((await call(at().pathname, { headers: { host } })).status).toBe(421);
    expect((await call(at().pathname)).status).toBe(200);
  });

  test.each<[string, (session: string) => Record<string, string>, number]>([
    ["a foreign origin", (session) => ({ ...own(session), origin: "https://evil.example" }), 403],
    ["another port's origin", (session) => ({ ...own(session), origin: "http://127.0.0.1:1" }), 403],
    ["no origin", (session) => ({ "agentkeys-page": session }), 403],
    ["a foreign site", (session) => ({ ...own(session), "sec-fetch-site": "cross-site" }), 403],
    ["a made-up session", () => own("x".repeat(43)), 403],
    ["no session", () => ({ origin: at().origin }), 403],
  ])("takes no answer from %s", async (_what, headers, status) => {
    const session = await open();
    for (const path of ["/answer", "/jobs"])
      expect((await call(path, { method: "POST", headers: headers(session), body: "{}" })).status).toBe(status);
  });

  test("takes an answer once, to what is asked, of a shape and size", async () => {
    const session = await open();
    const answer = (body: string): Promise<Answer> => call("/answer", { method: "POST", headers: own(session), body });
    expect((await answer('{"id":"x"}')).status).toBe(409);
    const asked = page.ask({ kind: "connect" });
    const [line] = await new Promise<string[]>((resolve) => {
      const jobs = request(
        { host: "127.0.0.1", port: at().port, path: "/jobs", method: "POST", headers: { host: at().host, ...own(session) } },
        (response) => response.on("data", (chunk: Buffer) => resolve(chunk.toString().split("\n"))),
      );
      jobs.on("error", () => undefined);
      jobs.end();
    });
    const { id } = JSON.parse(line ?? "") as { id: string };
    expect((await call("/jobs", { method: "POST", headers: own(session) })).status).toBe(404);
    expect((await answer("no json")).status).toBe(400);
    expect((await answer("null")).status).toBe(400);
    expect((await answer(JSON.stringify({ id, text: "x".repeat(70_000) }))).status).toBe(413);
    expect((await answer(JSON.stringify({ id, result: 1 }))).status).toBe(204);
    expect((await answer(JSON.stringify({ id, result: 2 }))).status).toBe(409);
    expect(await asked).toEqual({ id, result: 1 });
  });

  test("that nobody opens is given up when the command ends", async () => {
    const asked = page.ask({ kind: "connect" });
    await Promise.all([expect(asked).rejects.toMatchObject({ code: "wallet_page_closed" }), page.close("over")]);
    await expect(page.ask({})).rejects.toMatchObject({ code: "wallet_page_closed" });
  });

  test("is not opened by another site, nor a second time, in a real browser", async () => {
    const evil = await listen(
      (_request, response) => response.setHeader("content-type", "text/html").end(`<a href="${page.url}">prize</a>`),
      {
        port: 0,
        host: "127.0.0.1",
      },
    );
    const tab = await browser.tab();
    await tab.goto(`http://localhost:${evil.port}/`);
    await tab.getByText("prize").click();
    await tab.getByText("opened by another site").waitFor();
    await tab.goto(page.url);
    await tab.getByText("No wallet was found").waitFor({ state: "hidden" });
    const second = await browser.tab();
    await second.goto(page.url);
    await second.getByText("opened already").waitFor();
    await Promise.all([tab.close(), second.close(), evil.close(0)]);
  });

  test("hands on the count that a transaction must have", async () => {
    const tab = await browser.tab(wallet);
    const opened = openBrowserSigner({ page, chain: { chainId: 31337, profile: "lab" }, operator: cluster.chain.operatorOmni });
    await connect(tab, page.url);
    const sent = (await opened).sendTransaction({ to: wallet.address, data: "0x", words: ["do nothing"], nonce: 17 });
    await signAll(tab, 1);
    expect(await sent).toMatch(/^0x[0-9a-f]{64}$/);
    expect(wallet.lastAsked).toMatchObject({ nonce: "0x11", value: "0x0", chainId: "0x7a69" });
    await tab.close();
  });

  test("signs typed data, and a signature over something else is found out", async () => {
    const tab = await browser.tab(wallet);
    const { operatorOmni: operator } = cluster.chain;
    const opened = openBrowserSigner({ page, chain: { chainId: 31337, profile: "lab" }, operator });
    await connect(tab, page.url);
    const signer = await opened;
    const data = {
      domain: { name: "AgentKeys", version: "1", chainId: 31337 },
      types: { Request: [{ name: "value", type: "uint256" }] },
      primaryType: "Request",
      message: { value: 7 },
      words: ["let the relay send one transaction for you"],
    };
    for (const mind of ["yes", "another transaction"] as const) {
      wallet.mind = mind;
      const signed = signer.signTypedData(data);
      const seen =
        mind === "yes"
          ? expect(signed).resolves.toMatch(/^0x[0-9a-f]{130}$/)
          : expect(signed).rejects.toMatchObject({ code: "call_refused" });
      await tab.getByRole("button", { name: "Sign", exact: true }).click();
      await seen;
    }
    await tab.close();
  });
});
