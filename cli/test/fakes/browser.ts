import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { JsonRpcProvider, Wallet } from "ethers";
import { chromium, type BrowserContext, type Page } from "playwright-core";

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export interface Browser {
  /** A tab with this wallet in it; none when left out. */
  tab: (wallet?: BrowserWallet, how?: "announced" | "injected") => Promise<Page>;
  close: () => Promise<void>;
}

/** Debian's Chromium with an empty profile. */
export async function startBrowser(): Promise<Browser> {
  const folder = mkdtempSync(join(tmpdir(), "agentkeys-browser-"));
  const context: BrowserContext = await chromium.launchPersistentContext(folder, {
    executablePath: "/usr/bin/chromium",
    headless: true,
    args: FLAGS,
    viewport: { width: 900, height: 760 },
  });
  return {
    tab: async (wallet, how = "announced") => {
      const page = await context.newPage();
      if (wallet === undefined) return page;
      await page.exposeFunction("walletCall", (method: string, params: unknown[]) => wallet.call(method, params));
      await page.addInitScript(injected, how);
      return page;
    },
    close: async () => {
      await context.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Opens a page and lets its visitor connect the wallet. */
export async function connect(page: Page, url: string): Promise<void> {
  await page.goto(url);
  await page.getByRole("button", { name: /Connect/ }).click();
}

/** Signs what the page asks for, so many times. */
export async function signAll(page: Page, times: number): Promise<void> {
  for (let turn = 0; turn < times; turn += 1) await page.getByRole("button", { name: "Sign and send" }).click();
}

/** Runs in the page before its own script, as a wallet's extension does. */
function injected(how: string): void {
  const world = globalThis as unknown as {
    walletCall: (method: string, params: unknown[]) => Promise<{ result?: unknown; error?: object }>;
    addEventListener: (name: string, heard: () => void) => void;
    dispatchEvent: (event: object) => void;
    CustomEvent: new (name: string, of: object) => object;
    ethereum?: object;
  };
  const provider = {
    request: async ({ method, params = [] }: { method: string; params?: unknown[] }) => {
      const { result, error } = await world.walletCall(method, params);
      // As wallets do it: an object with a code, which is no Error.
      // eslint-disable-next-line @typescript-eslint/only-throw-error -- what EIP-1193 says
      if (error !== undefined) throw error;
      return result;
    },
    on: (name: string, heard: (accounts: string[]) => void) => Object.assign(world, { [name]: heard }),
  };
  if (how === "injected") {
    world.ethereum = provider;
    return;
  }
  const detail = Object.freeze({ info: { uuid: "f3e1", name: "Test Wallet", rdns: "example.wallet", icon: "" }, provider });
  const announce = (): void => world.dispatchEvent(new world.CustomEvent("eip6963:announceProvider", { detail }));
  world.addEventListener("eip6963:requestProvider", announce);
  announce();
}

/** A wallet with a key, its owner's mind and a chain it is on, over a real RPC. */
export class BrowserWallet {
  readonly asked: string[] = [];
  /** What its owner answers to whatever has to be signed. */
  mind: "yes" | "no" | "another transaction" = "yes";
  /** What it was last asked to send. */
  lastAsked: Record<string, string> = {};
  chainId = 31337;
  knownChains = [31337];
  key: string;
  readonly #provider: JsonRpcProvider;

  constructor(key: string, url: string) {
    this.key = key;
    this.#provider = new JsonRpcProvider(url, 31337, { staticNetwork: true, batchMaxCount: 1, cacheTimeout: -1, pollingInterval: 20 });
  }

  get address(): string {
    return new Wallet(this.key).address;
  }

  close(): void {
    this.#provider.destroy();
  }

  async call(method: string, params: unknown[]): Promise<{ result?: unknown; error?: { code: number; message: string } }> {
    this.asked.push(method);
    try {
      return { result: await this.#answer(method, params) };
    } catch (fault) {
      const { code, message } = fault as { code?: unknown; message?: unknown };
      return { error: { code: typeof code === "number" ? code : -32_000, message: String(message) } };
    }
  }

  async #answer(method: string, params: unknown[]): Promise<unknown> {
    const [first, second] = params as [Record<string, string> | undefined, string | undefined];
    switch (method) {
      case "eth_requestAccounts":
      case "eth_accounts":
        return [this.address.toLowerCase()];
      case "eth_chainId":
        return `0x${this.chainId.toString(16)}`;
      case "wallet_switchEthereumChain": {
        const wanted = Number(first?.["chainId"]);
        if (!this.knownChains.includes(wanted)) throw Object.assign(new TypeError("Unrecognized chain ID"), { code: 4902 });
        this.chainId = wanted;
        return null;
      }
      case "eth_sendTransaction": {
        this.lastAsked = first ?? {};
        if (this.mind === "no") throw Object.assign(new TypeError("User rejected the request."), { code: 4001 });
        const { to = null, data = "0x" } = first ?? {};
        const sent = this.mind === "yes" ? { to, data } : { to: this.address, data: "0x" };
        return (await new Wallet(this.key, this.#provider).sendTransaction(sent)).hash;
      }
      case "eth_signTypedData_v4": {
        if (this.mind === "no") throw Object.assign(new TypeError("User rejected the request."), { code: 4001 });
        const { domain, types, message } = JSON.parse(second ?? "") as {
          domain: object;
          types: Record<string, { name: string; type: string }[]>;
          message: Record<string, unknown>;
        };
        const others = Object.fromEntries(Object.entries(types).filter(([name]) => name !== "EIP712Domain"));
        return await new Wallet(this.key).signTypedData(domain, others, this.mind === "yes" ? message : { ...message, value: 666 });
      }
      default:
        throw Object.assign(new TypeError(`${method} is not supported`), { code: 4200 });
    }
  }
}
