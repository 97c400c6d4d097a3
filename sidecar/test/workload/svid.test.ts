import { createHash, X509Certificate } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { derValues, extensionsOf } from "../../src/workload/der.ts";
import { readSvid } from "../../src/workload/svid.ts";
import { certificateWith, GOOD } from "./certificates.ts";

const refusal = expect.objectContaining({ code: "svid_malformed" });
const leafWith = (extensions: string): X509Certificate => new X509Certificate(certificateWith(extensions).cert);

describe("leaf of an X.509-SVID", () => {
  test("says its ID, key and life", () => {
    const leaf = leafWith(GOOD);
    const spki = leaf.publicKey.export({ type: "spki", format: "der" });
    expect(readSvid(leaf)).toEqual({
      id: { text: "spiffe://agents.test/a", trustDomain: "agents.test" },
      publicKeySha256: createHash("sha256").update(spki).digest(),
      notBeforeMs: leaf.validFromDate.getTime(),
      notAfterMs: leaf.validToDate.getTime(),
    });
  });

  test("may have DNS names and extended usages beside its ID", () => {
    const more = GOOD.replace("URI:", "DNS:agent,URI:") + "extendedKeyUsage=serverAuth,clientAuth\n";
    expect(readSvid(leafWith(more)).id.text).toBe("spiffe://agents.test/a");
  });

  test.each([
    ["no URI name", GOOD.replace("URI:spiffe://agents.test/a", "DNS:agents.test")],
    ["no names at all", "keyUsage=critical,digitalSignature\n"],
    ["two URI names", GOOD.replace("URI:", "URI:spiffe://agents.test/b,URI:")],
    ["another URI", GOOD.replace("spiffe:", "https:")],
    ["the ID of a trust domain", GOOD.replace("agents.test/a", "agents.test")],
    ["no key usage", "subjectAltName=URI:spiffe://agents.test/a\n"],
    ["no digitalSignature", GOOD.replace("digitalSignature", "keyEncipherment")],
    ["keyCertSign", GOOD.replace("digitalSignature", "digitalSignature,keyCertSign")],
    ["cRLSign", GOOD.replace("digitalSignature", "digitalSignature,cRLSign")],
    ["the mark of an authority", GOOD.replace("CA:FALSE", "CA:TRUE")],
    ["usages without clientAuth", GOOD + "extendedKeyUsage=serverAuth\n"],
  ])("with %s it is refused", (_what, extensions) => {
    expect(() => readSvid(leafWith(extensions))).toThrow(refusal);
  });

  test("a name that hides a second one in its text is one name", () => {
    const hidden =
      GOOD.replace(/^subjectAltName.*$/m, "subjectAltName=@names") +
      "[names]\nDNS.1=x, URI:spiffe://agents.test/b\nURI.1=spiffe://agents.test/a\n";
    expect(leafWith(hidden).subjectAltName).toContain("URI:spiffe://agents.test/b");
    expect(readSvid(leafWith(hidden)).id.text).toBe("spiffe://agents.test/a");
  });
});

describe("DER", () => {
  test("certificates that lie one after the other are told apart", () => {
    const [a, b] = [leafWith(GOOD), leafWith(GOOD)];
    expect(derValues(Buffer.concat([a.raw, b.raw])).map(({ whole }) => new X509Certificate(whole).fingerprint256)).toEqual([
      a.fingerprint256,
      b.fingerprint256,
    ]);
    expect(derValues(Buffer.alloc(0))).toEqual([]);
  });

  test.each(["30", "3080", "308101", "30820001", "3084000000010000", "3005", "1f0100", "30ff"])("%s is malformed", (hex) => {
    expect(() => derValues(Buffer.from(hex, "hex"))).toThrow(refusal);
  });

  test("a certificate cut short or changed anywhere is read or refused, never a crash", () => {
    const { raw } = leafWith(GOOD);
    fc.assert(
      fc.property(fc.nat(raw.length - 1), fc.nat(255), fc.boolean(), (at, value, isCut) => {
        const bytes = Buffer.from(isCut ? raw.subarray(0, at) : raw);
        if (!isCut) bytes[at] = value;
        try {
          extensionsOf(bytes);
        } catch (fault) {
          expect(fault).toMatchObject({ code: "svid_malformed" });
        }
      }),
    );
  });
});
