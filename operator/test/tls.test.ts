import { describe, expect, test } from "@jest/globals";
import { randomBytes, X509Certificate } from "node:crypto";
import { captureLog, FakeClock } from "@agentkeys/common/testing";
import { RESOURCES } from "../src/kube/index.ts";
import { ensureTls, TLS_SERVICES, type SecretObject, type TlsOptions } from "../src/tls/index.ts";
import { FakeKubeApi } from "./fakes/kube-api.ts";

const DAY_MS = 86_400_000;
const namespace = "agentkeys-system";

function setup(): { api: FakeKubeApi; clock: FakeClock; options: TlsOptions } {
  const api = new FakeKubeApi();
  const clock = new FakeClock();
  return { api, clock, options: { api, clock, log: captureLog().log, namespace, random: (length) => randomBytes(length) } };
}

async function secret(api: FakeKubeApi, name: string): Promise<Record<string, string>> {
  const found = (await api.get(RESOURCES.secrets, { namespace, name })) as SecretObject | null;
  return Object.fromEntries(Object.entries(found?.data ?? {}).map(([key, value]) => [key, Buffer.from(value, "base64").toString("utf8")]));
}

const certificatesIn = (pem = ""): number => pem.split("BEGIN CERTIFICATE").length - 1;

describe("our certificates", () => {
  test("are issued once for every service, with its names, and nothing is written in a second round", async () => {
    const { api, options } = setup();
    await ensureTls(options);
    const authority = new X509Certificate((await secret(api, "agentkeys-ca"))["tls.crt"] ?? "");
    for (const service of TLS_SERVICES) {
      const leaf = new X509Certificate((await secret(api, `agentkeys-${service}-tls`))["tls.crt"] ?? "");
      expect(leaf.verify(authority.publicKey)).toBe(true);
      expect(leaf.checkHost(`agentkeys-${service}.${namespace}.svc`)).toBeDefined();
      expect(leaf.subjectAltName).toContain(`URI:spiffe://agentkeys/${service}`);
    }
    const before = api.writes.length;
    await ensureTls(options);
    expect(api.writes).toHaveLength(before);
  });

  test("are renewed at two thirds of their life and keep their authority", async () => {
    const { api, clock, options } = setup();
    await ensureTls(options);
    const before = await secret(api, "agentkeys-broker-tls");
    clock.advance(4 * DAY_MS);
    await ensureTls(options);
    expect(await secret(api, "agentkeys-broker-tls")).toEqual(before);
    clock.advance(DAY_MS);
    await ensureTls(options);
    const after = await secret(api, "agentkeys-broker-tls");
    expect(after["tls.crt"]).not.toBe(before["tls.crt"]);
    expect(after["ca.crt"]).toBe(before["ca.crt"]);
  });

  test("rotate their authority without a moment in which a peer trusts only one of two in use", async () => {
    const { api, clock, options } = setup();
    await ensureTls(options);
    const first = (await secret(api, "agentkeys-ca"))["tls.crt"] ?? "";
    clock.advance(244 * DAY_MS);
    await ensureTls(options);
    expect((await secret(api, "agentkeys-ca"))["tls.crt"]).toBe(first);
    expect(certificatesIn((await secret(api, "agentkeys-broker-tls"))["ca.crt"])).toBe(2);
    clock.advance(61 * 60_000);
    await ensureTls(options);
    const promoted = await secret(api, "agentkeys-ca");
    expect(promoted["tls.crt"]).not.toBe(first);
    expect(promoted["previous.crt"]).toBe(first);
    const leaf = await secret(api, "agentkeys-broker-tls");
    expect(certificatesIn(leaf["ca.crt"])).toBe(2);
    clock.advance(5 * DAY_MS);
    await ensureTls(options);
    expect(certificatesIn((await secret(api, "agentkeys-broker-tls"))["ca.crt"])).toBe(2);
    clock.advance(4 * DAY_MS);
    await ensureTls(options);
    expect(certificatesIn((await secret(api, "agentkeys-broker-tls"))["ca.crt"])).toBe(1);
  });

  test("keep trusting the authority of a Secret that was deleted until its leaves have ended (case 31)", async () => {
    const { api, clock, options } = setup();
    await ensureTls(options);
    const before = await secret(api, "agentkeys-broker-tls");
    await api.remove(RESOURCES.secrets, { namespace, name: "agentkeys-ca" });
    await ensureTls(options);
    const after = await secret(api, "agentkeys-broker-tls");
    expect(after["tls.crt"]).toBe(before["tls.crt"]);
    expect(after["ca.crt"]).toBe(`${(await secret(api, "agentkeys-ca"))["tls.crt"] ?? ""}${before["ca.crt"] ?? ""}`);
    const map = (await api.get(RESOURCES.configMaps, { namespace, name: "agentkeys-trust-bundle" })) as { data?: object } | null;
    expect(map?.data).toEqual({ "ca.crt": after["ca.crt"] });
    clock.advance(9 * DAY_MS);
    await ensureTls(options);
    await ensureTls(options);
    const later = await secret(api, "agentkeys-broker-tls");
    expect(certificatesIn(later["ca.crt"])).toBe(1);
    const authority = new X509Certificate(later["ca.crt"] ?? "");
    expect(new X509Certificate(later["tls.crt"] ?? "").verify(authority.publicKey)).toBe(true);
  });

  test("leave an authority whose key was stolen as soon as the Secret's previous.crt is taken out", async () => {
    const { api, options } = setup();
    await ensureTls(options);
    const stolen = (await secret(api, "agentkeys-ca"))["tls.crt"] ?? "";
    await api.remove(RESOURCES.secrets, { namespace, name: "agentkeys-ca" });
    await ensureTls(options);
    expect((await secret(api, "agentkeys-ca"))["previous.crt"]).toBe(stolen);
    expect((await secret(api, "agentkeys-broker-tls"))["ca.crt"]).toContain(stolen);
    await api.merge(RESOURCES.secrets, { namespace, name: "agentkeys-ca" }, { data: { "previous.crt": null } });
    await ensureTls(options);
    const [authority, leaf] = [await secret(api, "agentkeys-ca"), await secret(api, "agentkeys-broker-tls")];
    expect(leaf["ca.crt"]).toBe(authority["tls.crt"]);
    expect(new X509Certificate(leaf["tls.crt"] ?? "").verify(new X509Certificate(authority["tls.crt"] ?? "").publicKey)).toBe(true);
  });

  test("put the bundle into our webhook configurations and again when it was wiped", async () => {
    const { api, options } = setup();
    const webhooks = [
      { name: "a", clientConfig: {} },
      { name: "b", clientConfig: { caBundle: "Cg==" } },
    ];
    const body = { apiVersion: "admissionregistration.k8s.io/v1", kind: "M", metadata: { name: "agentkeys-injector" }, webhooks };
    await api.create(RESOURCES.mutatingWebhooks, body);
    await ensureTls(options);
    const bundle = (await secret(api, "agentkeys-broker-tls"))["ca.crt"] ?? "";
    const bundles = async (): Promise<string[]> => {
      const found = (await api.get(RESOURCES.mutatingWebhooks, { name: "agentkeys-injector" })) as unknown as typeof body | null;
      return (found?.webhooks ?? []).map(({ clientConfig }) => Buffer.from(clientConfig.caBundle ?? "", "base64").toString("utf8"));
    };
    expect(await bundles()).toEqual([bundle, bundle]);
    await api.merge(RESOURCES.mutatingWebhooks, { name: "agentkeys-injector" }, { webhooks: [{ name: "a", clientConfig: {} }] });
    await ensureTls(options);
    expect(await bundles()).toEqual([bundle]);
  });
});
