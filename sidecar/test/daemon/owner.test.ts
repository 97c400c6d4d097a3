import { afterEach, expect, test } from "@jest/globals";
import { createBudgetOpener } from "@agentkeys/common/budget";
import { deviceOf } from "@agentkeys/common/delegation";
import type { Hex } from "@agentkeys/common/identity";
import { Secret } from "@agentkeys/common/secret";
import { captureLog, FakeClock, TEST_DOMAIN } from "@agentkeys/common/testing";
import type { BindingPolicy, PolicyUpdate } from "@agentkeys/common/wire";
import type { AuthorityParts } from "../../src/authority.ts";
import { ownerAuthority } from "../../src/daemon/owner.ts";
import { policyOf, service } from "../proxy/bench.ts";

const deviceKey = Secret.of(Buffer.alloc(32, 3));
const { deviceKeyHash } = deviceOf(deviceKey);
const stopping = new AbortController();
afterEach(() => stopping.abort());

test("a budget is stated in milliseconds, as the operator states it: of two in one second the later one counts", () => {
  const clock = new FakeClock();
  const hex = (digit: string): Hex => `0x${digit.repeat(64)}`;
  const limitedTo = (dailyNanoUsd: number): BindingPolicy => ({
    ...policyOf([{ ...service({}), limits: { dailyNanoUsd } }]),
    ...{ deviceKeyHash, operatorOmni: hex("1"), actorOmni: hex("2") },
  });
  const deps = {
    identity: { agent: "desk", operatorOmni: hex("1"), actorOmni: hex("2"), deviceKeyHash },
    ...{ deviceKey, domain: TEST_DOMAIN, loadPolicy: () => limitedTo(2), policyFiles: [], trustFiles: [] },
    ...{ readTrustBundle: () => "", onTrust: () => undefined },
  };
  const open = createBudgetOpener(TEST_DOMAIN);
  const stated: number[] = [];
  const tell = ({ policy }: PolicyUpdate): boolean => {
    stated.push(open(policy.services[0]?.budget ?? "").issuedAt);
    return true;
  };
  const parts = { clock, log: captureLog().log } as unknown as AuthorityParts;
  for (const first of [limitedTo(1), limitedTo(2)]) {
    ownerAuthority({ ...deps, first }, parts).follow({ enrolment: null as never, tell }, stopping.signal);
    clock.advance(1);
  }
  expect(stated).toEqual([clock.nowMs() - 2, clock.nowMs() - 1]);
});
