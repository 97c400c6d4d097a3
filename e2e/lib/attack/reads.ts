/** The calls that cases repeat: reads through the worker, mints by A, lies of A's stolen device. */
import { capOf, enrol, mint, use, type MintAttempt } from "./calls.ts";
import { granted, refused } from "./expect.ts";
import { opened, type Kit, type Party } from "./kit.ts";
import { delegate, newSession, prove } from "./tokens.ts";

/** Fetches as a party and answers the credential. */
export async function fetchAs(kit: Kit, party: Party, service = "attack-alpha"): Promise<unknown> {
  const cap = await capOf(kit, { party, service });
  const { credential } = await opened(party.session, granted(await use(kit, { ...party, cap })));
  return credential;
}

/** Presents a cap at fetch and expects one reason. */
export async function refusedUse(kit: Kit, party: Party, cap: string, status: number, reason: string): Promise<void> {
  refused(await use(kit, { ...party, cap }), status, reason);
}

/** A's session with one thing changed. */
export const asA = (kit: Kit, change: Omit<MintAttempt, "party">): MintAttempt => ({ party: kit.a, ...change });

/** Asks for a cap and expects one reason. */
export const refusedMint = async (kit: Kit, attempt: MintAttempt, status: number, reason: string): Promise<void> =>
  refused(await mint(kit, attempt), status, reason);

/** A delegation of A's own device that lies, with A's session. */
export async function lying(kit: Kit, change: Parameters<typeof delegate>[1], domain = kit.domain): Promise<Party> {
  const { device, session } = kit.a;
  const delegation = await delegate({ device, session, services: ["attack-alpha"], domain }, change);
  return { device, session, delegation };
}

/** A proof by A's session for the fetch route, with claims that lie. */
export const proofOfA = (kit: Kit, change: Record<string, unknown>): Promise<string> =>
  prove(kit.a.session, { url: `${kit.broker.url}/v1/cap/cred-fetch`, accessToken: kit.a.delegation }, change);

/** Asks for a delegation with a new session and expects one reason. */
export const refusedEnrol = async (kit: Kit, token: string, status: number, reason: string): Promise<void> =>
  refused(await enrol(kit, { token, session: await newSession() }), status, reason);
