/**
 * What leases cost, on disk before a call goes out: a proxy that is killed charges its calls when it comes back, those that were under
 * way with what was reserved for them. Written without waiting for the disk, so it survives the process, not the machine.
 */
import { closeSync, mkdirSync, openSync, readFileSync, renameSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";

/** Lines of ended calls are dropped when the file has grown beyond this. */
const REWRITE_BYTES = 1_048_576;

export interface JournalLease {
  id: string;
  service: string;
  spentNano: number;
}

export interface Journal {
  /** Leases of an earlier process that the ledger has not been told the end of. */
  readonly recovered: readonly JournalLease[];
  opened(lease: JournalLease): void;
  /** Answers the name of the reservation. */
  reserved(leaseId: string, nanoUsd: number): number;
  ended(reservation: number, costNano: number): void;
  /** The ledger has the last word of it. */
  closed(leaseId: string): void;
  close(): void;
}

interface Books {
  leases: Map<string, JournalLease>;
  reservations: Map<number, { leaseId: string; nanoUsd: number }>;
}

const leaseLine = ({ id, service, spentNano }: JournalLease): string => `L ${id} ${service} ${spentNano}\n`;
const reservationLine = (name: number, of: { leaseId: string; nanoUsd: number }): string => `R ${name} ${of.leaseId} ${of.nanoUsd}\n`;

/** A journal that forgets with the process. */
export function memoryJournal(): Journal {
  const ignore = (): void => undefined;
  let names = 0;
  return { recovered: [], opened: ignore, reserved: () => ++names, ended: ignore, closed: ignore, close: ignore };
}

/** Opens the journal of a folder, which is made when there is none. Throws what the file system says. */
export function openJournal(folder: string): Journal {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, "journal");
  const books = chargeUnderWay(replay(readText(path)));
  const recovered = [...books.leases.values()].map((lease) => ({ ...lease }));
  let file = -1;
  let bytes = 0;
  let names = 0;
  const rewrite = (): void => {
    const text =
      [...books.leases.values()].map(leaseLine).join("") + [...books.reservations].map((entry) => reservationLine(...entry)).join("");
    writeFileSync(`${path}.new`, text, { mode: 0o600 });
    renameSync(`${path}.new`, path);
    if (file !== -1) closeSync(file);
    file = openSync(path, "a", 0o600);
    bytes = text.length;
  };
  const append = (line: string): void => {
    writeSync(file, line);
    bytes += line.length;
  };
  rewrite();
  return {
    recovered,
    opened(lease) {
      append(leaseLine(lease));
      books.leases.set(lease.id, { ...lease });
    },
    reserved(leaseId, nanoUsd) {
      if (bytes > REWRITE_BYTES) rewrite();
      const name = ++names;
      append(reservationLine(name, { leaseId, nanoUsd }));
      books.reservations.set(name, { leaseId, nanoUsd });
      return name;
    },
    ended(reservation, costNano) {
      endOne(books, reservation, costNano);
      append(`C ${reservation} ${costNano}\n`);
    },
    closed(leaseId) {
      books.leases.delete(leaseId);
      append(`D ${leaseId}\n`);
    },
    close() {
      closeSync(file);
    },
  };
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (fault) {
    if ((fault as NodeJS.ErrnoException).code === "ENOENT") return "";
    throw fault;
  }
}

function endOne({ leases, reservations }: Books, name: number, costNano: number): void {
  const lease = leases.get(reservations.get(name)?.leaseId ?? "");
  if (lease !== undefined) lease.spentNano += costNano;
  reservations.delete(name);
}

/** Reads lines one by one; the last may be torn, which then was no call yet. */
function replay(text: string): Books {
  const books: Books = { leases: new Map(), reservations: new Map() };
  for (const line of text.split("\n").slice(0, -1)) {
    const [kind, name = "", other = "", amount = ""] = line.split(" ");
    if (kind === "L") books.leases.set(name, { id: name, service: other, spentNano: nanoOf(amount) });
    else if (kind === "R") books.reservations.set(Number(name), { leaseId: other, nanoUsd: nanoOf(amount) });
    else if (kind === "C") endOne(books, Number(name), nanoOf(other));
    else if (kind === "D") books.leases.delete(name);
  }
  return books;
}

function nanoOf(text: string): number {
  return /^\d{1,16}$/.test(text) ? Number(text) : 0;
}

/** Nobody knows how the calls under way ended: each is charged what was reserved for it, no more and no less. */
function chargeUnderWay(books: Books): Books {
  for (const [name, { nanoUsd }] of books.reservations) endOne(books, name, nanoUsd);
  return books;
}
