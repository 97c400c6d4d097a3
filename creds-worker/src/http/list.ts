import type { EnvelopeHeader } from "@agentkeys/common/envelope";
import { envelopeHeader } from "@agentkeys/common/envelope";
import { isService } from "@agentkeys/common/identity";
import { validator } from "@agentkeys/common/validator";
import type { ListAnswer, ListedCredential, ListRequest } from "@agentkeys/common/wire";
import { checkListRequest } from "@agentkeys/common/wire-checks";
import type { ListedBlob, Vault } from "../vault/index.ts";
import type { Granted } from "./find.ts";

const parseList = validator<ListRequest>(checkListRequest);
/** Headers that are read at the same time. */
const READS_AT_ONCE = 8;

/** What is stored for the actor, at its own path and, where nothing newer is, under its older wallet. */
export async function list({ vaults }: Granted, body: unknown): Promise<ListAnswer> {
  const { details = false } = parseList(body ?? {});
  const older = vaults.walletKeyed?.vault ?? null;
  const [newerBlobs, olderBlobs] = [await vaults.own.list(), (await older?.list()) ?? []];
  const atV1 = new Set(olderBlobs.map(({ service }) => service));
  const atV2 = new Set(newerBlobs.map(({ service }) => service));
  const left = olderBlobs.filter(({ service }) => !atV2.has(service));
  const listed = [
    ...newerBlobs.map((blob) => ({ blob, vault: vaults.own, entry: entryOf(blob, "v2", atV1.has(blob.service)) })),
    ...left.map((blob) => ({ blob, vault: older ?? vaults.own, entry: entryOf(blob, "v1", true) })),
  ];
  if (!details) return { ok: true, services: listed.map(({ entry }) => entry) };
  const services: ListedCredential[] = [];
  for (let from = 0; from < listed.length; from += READS_AT_ONCE) {
    const batch = listed
      .slice(from, from + READS_AT_ONCE)
      .map(async ({ blob, vault, entry }) => withHeader(entry, await read(vault, blob)));
    services.push(...(await Promise.all(batch)).filter((entry) => entry !== null));
  }
  return { ok: true, services };
}

function entryOf({ service, version, updatedAt }: ListedBlob, path: "v1" | "v2", hasV1: boolean): ListedCredential {
  return { service, version, updated_at: updatedAt, path, has_v1: hasV1 };
}

/** Null when it was deleted since it was listed. A name that no credential can have is listed and not looked into. */
async function read(vault: Vault, { service }: ListedBlob): Promise<EnvelopeHeader | null> {
  if (!isService(service)) return { envelope: null };
  const head = await vault.head(service);
  return head === null ? null : envelopeHeader(head);
}

function withHeader(entry: ListedCredential, header: EnvelopeHeader | null): ListedCredential | null {
  return header === null ? null : { ...entry, ...header };
}
