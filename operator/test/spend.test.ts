import { describe, expect, test } from "@jest/globals";
import type { HttpClient } from "@agentkeys/common/http-client";
import { serviceHash, type Hex } from "@agentkeys/common/identity";
import { Secret } from "@agentkeys/common/secret";
import { FakeClock, TEST_DOMAIN } from "@agentkeys/common/testing";
import type { SpendAnswer, SpendRequest } from "@agentkeys/common/wire";
import { budgetActors } from "../src/controllers/index.ts";
import { openSpendBook, type SpendBook } from "../src/credentials/index.ts";
import { aBinding } from "./fakes/objects.ts";

const hex = (digit: string): Hex => `0x${digit.repeat(64)}`;
const numbered = (number: number): Hex => `0x${String(number).padStart(64, "0")}`;
const openai = serviceHash("openai");

function bookWith(answer: (body: SpendRequest) => SpendAnswer | { reason: string }): { book: SpendBook; asked: SpendRequest[] } {
  const asked: SpendRequest[] = [];
  const http = {
    json: (_method: string, _url: string, { body }: { body: SpendRequest }) => {
      asked.push(body);
      const said = answer(body);
      return Promise.resolve({ status: "reason" in said ? 503 : 200, headers: {}, body: said });
    },
  } as unknown as HttpClient;
  const masterDevice = { privateKey: Secret.of(Buffer.alloc(32, 1)), deviceKeyHash: hex("3") };
  const [clock, brokerUrl] = [new FakeClock(), "https://broker.test"];
  const book = openSpendBook({
    http,
    clock,
    newId: () => `proof-${asked.length}`,
    brokerUrl,
    domain: TEST_DOMAIN,
    operatorOmni: hex("1"),
    masterDevice,
  });
  return { book, asked };
}

const account = (actor: Hex, spent: number): SpendAnswer["accounts"][number] => ({
  ...{ actor_omni: actor, service_hash: openai, limit_nano: 9, spent_nano: spent, debt_nano: 1, left_nano: 8 - spent },
});

describe("what was spent", () => {
  test("is known once it was read, and nothing where there is no account yet", async () => {
    const { book } = bookWith(() => ({ day: "2026-11-25", accounts: [account(hex("2"), 3)] }));
    expect(book.of(hex("2"), openai)).toBeNull();
    await book.refresh([hex("2")]);
    expect(book.of(hex("2"), openai)).toEqual({ day: "2026-11-25", spentNano: 3, debtNano: 1 });
    expect(book.of(hex("2"), serviceHash("github"))).toEqual({ day: "2026-11-25", spentNano: 0, debtNano: 0 });
    expect(book.of(hex("4"), openai)).toBeNull();
  });

  test("is looked into again only where something is new", async () => {
    let spent = 1;
    const { book } = bookWith(({ actor_omnis: actors }) => ({
      day: "2026-11-25",
      accounts: actors.map((actor) => account(actor as Hex, actor === hex("2") ? spent : 0)),
    }));
    expect(await book.refresh([hex("2"), hex("4")])).toEqual(new Set([hex("2"), hex("4")]));
    expect(await book.refresh([hex("2"), hex("4")])).toEqual(new Set());
    spent = 2;
    expect(await book.refresh([hex("2"), hex("4")])).toEqual(new Set([hex("2")]));
  });

  test("is read for many actors at a time, and kept when the broker cannot say", async () => {
    let isDown = false;
    const { book, asked } = bookWith(() => (isDown ? { reason: "ledger_unreachable" } : { day: "2026-11-25", accounts: [] }));
    await book.refresh(Array.from({ length: 600 }, (_unused, index) => numbered(index)));
    expect(asked.map(({ actor_omnis: actors }) => actors.length)).toEqual([256, 256, 88]);
    isDown = true;
    await expect(book.refresh([numbered(1)])).rejects.toMatchObject({ code: "ledger_unreachable" });
    expect(book.of(numbered(1), openai)).toMatchObject({ spentNano: 0 });
  });

  test("is asked for of bindings with a budget and a known actor alone", () => {
    const services = [{ name: "openai", limits: { dailyUsd: "1" } }];
    const bindings = [
      { ...aBinding({ services }), status: { actorOmni: hex("2") } },
      { ...aBinding({ services }), status: { actorOmni: "nonsense" } },
      { ...aBinding(), status: { actorOmni: hex("4") } },
      aBinding({ services }),
    ];
    expect([...budgetActors(bindings)]).toEqual([[hex("2"), "team-a/research"]]);
  });
});
