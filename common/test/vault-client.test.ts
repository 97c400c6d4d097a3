import { describe, expect, test } from "@jest/globals";
import { deviceOf, openDelegation } from "@agentkeys/common/delegation";
import type { HttpAnswer, HttpClient, HttpRequest } from "@agentkeys/common/http-client";
import { Secret } from "@agentkeys/common/secret";
import { FakeClock, TEST_DOMAIN } from "@agentkeys/common/testing";
import { openVaultClient, type VaultClient } from "@agentkeys/common/vault-client";

const operatorOmni = `0x${"a".repeat(64)}` as const;
const actorOmni = `0x${"b".repeat(64)}` as const;
const clock = new FakeClock();

function client(worker: Partial<HttpAnswer> = {}): { vault: VaultClient; calls: { url: string; options: HttpRequest }[] } {
  const calls: { url: string; options: HttpRequest }[] = [];
  const http: HttpClient = {
    json: (_method, url, options = {}) => {
      calls.push({ url, options });
      const isBroker = url.startsWith("https://broker.test");
      const body = isBroker ? { cap: "the-cap", expires_at: 1 } : { ok: true };
      return Promise.resolve({ status: 200, headers: {}, body, ...(isBroker ? {} : worker) });
    },
    stream: () => Promise.reject(new TypeError("no stream is opened")),
    close: () => Promise.resolve(),
  };
  const privateKey = Secret.of(Buffer.alloc(32, 5));
  const vault = openVaultClient({
    http,
    clock,
    newId: () => "id-1",
    brokerUrl: "https://broker.test",
    workerUrl: "https://worker.test",
    domain: TEST_DOMAIN,
    operatorOmni,
    masterDevice: { privateKey, deviceKeyHash: deviceOf(privateKey).deviceKeyHash },
  });
  return { vault, calls };
}

describe("the vault through broker and worker", () => {
  test("a store asks a cap for the actor with a delegation of the master device, then gives the cap to the worker", async () => {
    const { vault, calls } = client();
    await vault.store({ actorOmni, service: "openai", value: Secret.of("sk-value"), ifVersion: null });
    expect(calls.map(({ url }) => url)).toEqual(["https://broker.test/v1/cap/cred-store", "https://worker.test/credential/store"]);
    expect(calls[0]?.options.body).toMatchObject({ operator_omni: operatorOmni, actor_omni: actorOmni, service: "openai" });
    const token = String(calls[1]?.options.headers?.["agentkeys-delegation"]);
    expect(openDelegation(token, TEST_DOMAIN, clock)).toMatchObject({ operatorOmni, actorOmni: operatorOmni });
    expect(calls[1]?.options.headers).toMatchObject({ authorization: "DPoP the-cap" });
    expect(calls[1]?.options.body).toEqual({ value_b64: Buffer.from("sk-value").toString("base64"), if_version: null });
  });

  test("one credential is removed by an empty body, all of them only by saying so", async () => {
    const { vault, calls } = client();
    await vault.remove({ actorOmni, service: "openai" });
    await vault.removeAll({ actorOmni, service: "openai" });
    expect([calls[1]?.options.body, calls[3]?.options.body]).toEqual([{}, { all: true }]);
  });

  test("a new key epoch in the middle costs one more cap, and no second one", async () => {
    const { vault, calls } = client({ status: 403, body: { reason: "k3_epoch_mismatch" } });
    await expect(vault.list({ actorOmni, service: "openai" })).rejects.toMatchObject({ code: "k3_epoch_mismatch" });
    expect(calls).toHaveLength(4);
    const jwks = new Set(calls.map(({ options }) => JSON.stringify(options.headers)));
    expect(jwks.size).toBe(4);
  });

  test("re-encryption names no value, and deletes what is older only when told", async () => {
    const { vault, calls } = client();
    await vault.reencrypt({ actorOmni, service: "openai" });
    await vault.reencrypt({ actorOmni, service: "openai", deleteV1: true });
    await vault.list({ actorOmni, service: "openai", details: true });
    expect(calls[0]?.url).toBe("https://broker.test/v1/cap/cred-reencrypt");
    expect([1, 3, 5].map((index) => calls[index]?.options.body)).toEqual([{}, { delete_v1: true }, { details: true }]);
  });

  test.each([
    [{ status: 409, body: { reason: "version_conflict" } }, "version_conflict"],
    [{ status: 403, body: { reason: "device_inactive" } }, "device_inactive"],
    [{ status: 502, body: { reason: "constructor" } }, "upstream_unreachable"],
    [{ status: 200, body: null }, "upstream_unreachable"],
  ])("%p is thrown as %s", async (answer, code) => {
    const { vault } = client(answer);
    await expect(vault.list({ actorOmni, service: "openai" })).rejects.toMatchObject({ code });
  });
});
