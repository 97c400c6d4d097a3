import "reflect-metadata";
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from "@peculiar/x509";
import { createPrivateKey, webcrypto, type KeyObject } from "node:crypto";

const EC = { name: "ECDSA", namedCurve: "P-256" };
const SIGNING = { name: "ECDSA", hash: "SHA-256" };
const DAY_MS = 86_400_000;
/** Start of validity lies back a little, for hosts whose clock is behind. */
const BACKDATE_MS = 5 * 60_000;
export const CA_DAYS = 365;
export const LEAF_DAYS = 7;

export interface KeyPairPem {
  cert: string;
  key: string;
}

type Bytes = (length: number) => Uint8Array;

async function exportKey(keys: webcrypto.CryptoKeyPair): Promise<string> {
  const der = Buffer.from(await webcrypto.subtle.exportKey("pkcs8", keys.privateKey));
  const key: KeyObject = createPrivateKey({ key: der, format: "der", type: "pkcs8" });
  return key.export({ type: "pkcs8", format: "pem" }) as string;
}

async function importKey(pem: string): Promise<webcrypto.CryptoKey> {
  const der = createPrivateKey(pem).export({ type: "pkcs8", format: "der" });
  return await webcrypto.subtle.importKey("pkcs8", der, EC, false, ["sign"]);
}

function serial(random: Bytes): string {
  return `01${Buffer.from(random(15)).toString("hex")}`;
}

/** A certificate authority of our own: P-256, 365 days, signs leaves only. */
export async function createAuthority(nowMs: number, random: Bytes): Promise<KeyPairPem> {
  const keys = await webcrypto.subtle.generateKey(EC, true, ["sign", "verify"]);
  const certificate = await X509CertificateGenerator.createSelfSigned(
    {
      serialNumber: serial(random),
      name: `CN=agentkeys-ca-${Buffer.from(random(4)).toString("hex")}`,
      notBefore: new Date(nowMs - BACKDATE_MS),
      notAfter: new Date(nowMs + CA_DAYS * DAY_MS),
      signingAlgorithm: SIGNING,
      keys,
      extensions: [
        new BasicConstraintsExtension(true, 0, true),
        new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
        await SubjectKeyIdentifierExtension.create(keys.publicKey, false, webcrypto),
      ],
    },
    webcrypto,
  );
  return { cert: pemOf(certificate), key: await exportKey(keys) };
}

/** Names a service answers to, and the URI its peers know it by. */
export function subjectNames(service: string, namespace: string): { type: "dns" | "ip" | "url"; value: string }[] {
  const hosts = service === "signer" ? ["agentkeys-signer", "agentkeys-signer-oidc"] : [`agentkeys-${service}`];
  const dns = hosts.flatMap((host) => [host, `${host}.${namespace}`, `${host}.${namespace}.svc`, `${host}.${namespace}.svc.cluster.local`]);
  return [
    ...[...dns, "localhost"].map((value) => ({ type: "dns" as const, value })),
    { type: "ip", value: "127.0.0.1" },
    { type: "url", value: `spiffe://agentkeys/${service}` },
  ];
}

/** A leaf of 7 days for server and client use. */
export async function issueLeaf(of: {
  authority: KeyPairPem;
  service: string;
  namespace: string;
  nowMs: number;
  random: Bytes;
}): Promise<KeyPairPem> {
  const keys = await webcrypto.subtle.generateKey(EC, true, ["sign", "verify"]);
  const issuer = new X509Certificate(of.authority.cert);
  const certificate = await X509CertificateGenerator.create(
    {
      serialNumber: serial(of.random),
      subject: `CN=agentkeys-${of.service}`,
      issuer: issuer.subject,
      notBefore: new Date(of.nowMs - BACKDATE_MS),
      notAfter: new Date(of.nowMs + LEAF_DAYS * DAY_MS),
      signingAlgorithm: SIGNING,
      publicKey: keys.publicKey,
      signingKey: await importKey(of.authority.key),
      extensions: [
        new BasicConstraintsExtension(false, undefined, true),
        new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
        new ExtendedKeyUsageExtension(["1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"]),
        new SubjectAlternativeNameExtension(subjectNames(of.service, of.namespace)),
        await AuthorityKeyIdentifierExtension.create(issuer, false, webcrypto),
      ],
    },
    webcrypto,
  );
  return { cert: pemOf(certificate), key: await exportKey(keys) };
}

function pemOf(certificate: X509Certificate): string {
  return `${certificate.toString("pem")}\n`;
}

/** Part of a certificate's life that is over, 0 to 1; 1 for one that cannot be read. */
export function lifeSpent(certPem: string, nowMs: number): number {
  try {
    const { notBefore, notAfter } = new X509Certificate(certPem);
    return (nowMs - notBefore.getTime()) / (notAfter.getTime() - notBefore.getTime());
  } catch {
    return 1;
  }
}

/** How long ago a certificate became valid. */
export function ageMs(certPem: string, nowMs: number): number {
  return nowMs - new X509Certificate(certPem).notBefore.getTime();
}

/** Whether a leaf names exactly this service in this namespace and was signed by one of the bundle's authorities. */
export function isLeafOf(certPem: string, of: { service: string; namespace: string; issuers: readonly string[] }): boolean {
  try {
    const leaf = new X509Certificate(certPem);
    const names = leaf.getExtension(SubjectAlternativeNameExtension)?.names.toJSON() ?? [];
    const texts = new Set(names.map(({ value }) => value));
    const isIssued = of.issuers.some((issuer) => new X509Certificate(issuer).subject === leaf.issuer);
    return isIssued && subjectNames(of.service, of.namespace).every(({ value }) => texts.has(value));
  } catch {
    return false;
  }
}
