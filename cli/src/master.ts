/**
 * Whose wallet writes for an operator, and the master device of the person at the keyboard. Must not know any command.
 */
import { openChainReader, type ChainConfig, type FailoverProvider } from "@agentkeys/common/chain";
import { deviceOf } from "@agentkeys/common/delegation";
import { AgentKeysError } from "@agentkeys/common/errors";
import { keyHex, operatorOmni, parseKey32, serviceHash, type Hex } from "@agentkeys/common/identity";
import { Secret } from "@agentkeys/common/secret";
import { computeAddress } from "ethers";
import { usage, type Call } from "./command.ts";
import { providerOf } from "./chain/provider.ts";
import { throughRelay } from "./chain/relay.ts";
import { directly, openMasterWallet, type MasterWallet } from "./chain/wallet.ts";
import { openChainView } from "./chain/view.ts";
import { openHome } from "./home.ts";
import { WALLET_VARIABLE } from "./machine.ts";
import { openBrowserSigner, type SigningChain, type Wanted } from "./wallet/browser-signer.ts";
import { readPasswordFile, readWalletFile } from "./wallet/key-file.ts";
import { keySigner } from "./wallet/key-signer.ts";
import { servePage, type WalletPage } from "./wallet/page-server.ts";
import type { WalletSigner } from "./wallet/port.ts";

const CONNECTS_WITHIN_MS = 600_000;
const COUNTS_WITHIN_MS = 60_000;
const LOOK_AGAIN_MS = 500;
const WALLET_SECRET = "agentkeys-wallet";

/** The operator a wallet writes for. */
export function operatorOf(wallet: Secret): { address: string; operatorOmni: Hex } {
  const address = computeAddress(keyHex(wallet));
  return { address, operatorOmni: operatorOmni(address) };
}

/** The wallet of an operator with its writes, which --relay brings to the chain when it is given; see {@link openSigner}. */
export async function openWallet(call: Call, chain: ChainConfig, operator: Hex | undefined): Promise<MasterWallet> {
  const provider = openProvider(call, chain);
  const signer = await openSigner(call, chain, operator, provider);
  const url = call.text("relay");
  if (url === undefined) return openMasterWallet(chain, signer, directly(signer, provider));
  const { clock, signal } = call.machine;
  return openMasterWallet(chain, signer, throughRelay({ url, chain, signer, provider, clock, signal }));
}

/**
 * Who signs for an operator: --browser, --wallet-file, --evaluation, the variable AGENTKEYS_WALLET_KEY, the wallet of `agentkeys init`, or on
 * an evaluation chain the cluster's own. One that belongs to another operator is refused before anything is signed.
 */
export async function openSigner(
  call: Call,
  chain: ChainConfig,
  operator: Hex | undefined,
  provider: FailoverProvider = openProvider(call, chain),
): Promise<WalletSigner> {
  assertOneWallet(call);
  if (call.flag("browser")) return await browserSigner(call, chain, operator);
  const signer = keySigner(await walletKey(call, chain, operator), provider);
  call.defer(() => signer.close());
  const own = operatorOmni(signer.address);
  if (operator === undefined || own === operator) return signer;
  throw new AgentKeysError("config_invalid", {
    message: `Wallet ${signer.address} is operator ${own}, but operator ${operator} is asked for: give its master wallet with --wallet-file`,
  });
}

/** Refuses two ways of naming a wallet: one of them would be left out without a word. */
export function assertOneWallet(call: Call): void {
  const given = ["browser", "evaluation"].filter((name) => call.flag(name));
  if (call.text("wallet-file") !== undefined) given.push("wallet-file");
  if (given.length > 1) throw usage(`${given.map((name) => `--${name}`).join(" and ")} exclude each other`);
}

async function browserSigner(call: Call, chain: ChainConfig, operator: Hex | undefined): Promise<WalletSigner> {
  if (operator === undefined) return await openPageSigner(call, chain, { purpose: "It is the master wallet of your operator." });
  const view = openChainView(chain);
  call.defer(() => view.close());
  return await openPageSigner(call, chain, { operator, account: (await view.masterWallet(operator)) ?? undefined });
}

/** A wallet in the browser, on a page that is there until the command is over. */
export async function openPageSigner(call: Call, chain: SigningChain, wanted: Wanted): Promise<WalletSigner> {
  const { machine } = call;
  const page = await servePage(machine);
  call.defer(() => page.close("The command ended. Look at your terminal."));
  call.say(`open this page once, in the browser with your wallet:\n  ${page.url}`);
  return await untilOpened(machine, page, openBrowserSigner({ page, chain, ...wanted }));
}

/** Gives up on a page that nobody connects a wallet on. */
async function untilOpened({ clock, signal }: Call["machine"], page: WalletPage, signer: Promise<WalletSigner>): Promise<WalletSigner> {
  const done = new AbortController();
  const late = clock.sleep(CONNECTS_WITHIN_MS, AbortSignal.any([signal, done.signal])).then(
    () => page.close("Nobody connected a wallet for ten minutes. Run the command again."),
    () => undefined,
  );
  try {
    return await signer;
  } finally {
    done.abort();
    await late;
  }
}

function openProvider(call: Call, chain: ChainConfig): FailoverProvider {
  const provider = providerOf(chain);
  call.defer(() => provider.destroy());
  return provider;
}

/** The key that an option or the environment names; null when none does. */
export async function chosenKey(call: Call): Promise<Secret | null> {
  const file = call.text("wallet-file");
  if (file !== undefined) return await readWalletFile(file, () => keystorePassword(call, file));
  if (call.flag("evaluation")) return await evaluationWallet(call);
  const given = call.machine.env[WALLET_VARIABLE] ?? "";
  if (given === "") return null;
  if (/^(0x)?[0-9a-fA-F]{64}$/.test(given)) return parseKey32(Buffer.from(given, "utf8"));
  throw new AgentKeysError("config_invalid", { message: `${WALLET_VARIABLE} must hold a key as 64 hex digits` });
}

async function keystorePassword(call: Call, keystore: string): Promise<Secret> {
  const file = call.text("password-file");
  return file === undefined ? await call.machine.terminal.askHidden(`Password of ${keystore}: `) : readPasswordFile(file);
}

async function walletKey(call: Call, chain: ChainConfig, operator: Hex | undefined): Promise<Secret> {
  const chosen = await chosenKey(call);
  if (chosen !== null) return chosen;
  const own = openHome(call.machine.env).read("wallet");
  const isOwn = own !== null && (operator === undefined || operatorOf(own).operatorOmni === operator);
  if (isOwn) return own;
  if (chain.profile === "anvil") return await evaluationWallet(call);
  throw new AgentKeysError("config_invalid", {
    message:
      own === null
        ? "There is no wallet: run agentkeys init, or give --wallet-file"
        : "Your wallet is another operator's: give --wallet-file",
  });
}

async function evaluationWallet(call: Call): Promise<Secret> {
  const namespace = call.text("namespace") ?? "";
  const secret = await call.machine.kubectl.get<{ data?: Record<string, string> }>("secret", { namespace, name: WALLET_SECRET });
  const data = secret?.data?.["privateKey"];
  if (data === undefined)
    throw new AgentKeysError("not_found", { message: `There is no Secret ${namespace}/${WALLET_SECRET}: give --wallet-file` });
  call.say(`evaluation: using the wallet of Secret ${namespace}/${WALLET_SECRET}, which your kubectl may read`);
  return parseKey32(Buffer.from(data, "base64"));
}

/** The person's device K10, made on first use. */
export function ownDevice(call: Call): { privateKey: Secret; deviceKeyHash: Hex } {
  const home = openHome(call.machine.env);
  let privateKey = home.read("device");
  if (privateKey === null) {
    privateKey = Secret.of(call.machine.randomBytes(32));
    home.create("device", privateKey, call.machine.newId());
    call.say(`made a device key of your own: ${home.path("device")}`);
  }
  return { privateKey, deviceKeyHash: deviceOf(privateKey).deviceKeyHash };
}

/** Sees to it that a device is a master device of the operator; the first time the master wallet registers it, which may be open already. */
export async function ensureMasterDevice(
  call: Call,
  chain: ChainConfig,
  of: { deviceKeyHash: Hex; operatorOmni: Hex; wallet?: MasterWallet },
): Promise<void> {
  const view = openChainView(chain);
  call.defer(() => view.close());
  const device = await view.device(of.deviceKeyHash);
  if (device === null) {
    const wallet = of.wallet ?? (await openWallet(call, chain, of.operatorOmni));
    const { hash, block } = await wallet.registerMasterDevice(of.deviceKeyHash);
    call.say(`registered your device ${of.deviceKeyHash} as a master device (transaction ${hash}, block ${block})`);
    await untilItCounts(call, chain, of);
  } else if (device.revoked || !device.isMaster || device.operatorOmni !== of.operatorOmni) {
    const file = openHome(call.machine.env).path("device");
    const why = device.revoked ? "is revoked" : "belongs to another operator or actor";
    throw new AgentKeysError(device.revoked ? "device_revoked" : "device_binding_mismatch", {
      message: `Your device ${why} on this chain: move ${file} away and run agentkeys init to get a new one`,
    });
  }
}

/** Rights count from the chain's finality tag on (protocol §7). */
async function untilItCounts(call: Call, chain: ChainConfig, of: { deviceKeyHash: Hex; operatorOmni: Hex }): Promise<void> {
  const { clock, signal } = call.machine;
  const reader = openChainReader(chain, { clock });
  call.defer(() => reader.close());
  const { deviceKeyHash, operatorOmni: operator } = of;
  const question = { deviceKeyHash, operatorOmni: operator, actorOmni: operator, serviceHash: serviceHash("any") };
  const end = clock.nowMs() + COUNTS_WITHIN_MS;
  while ((await reader.capFacts(question)).device === null) {
    if (clock.nowMs() > end)
      throw new AgentKeysError("device_not_active", {
        message: `Your device counts once its block is ${chain.finality ?? "latest"} on ${chain.profile}: run the same command again in some minutes`,
      });
    await clock.sleep(LOOK_AGAIN_MS, signal);
  }
}
