import { constants, generateKeyPairSync, sign, type KeyObject } from "node:crypto";
import { systemClock } from "@agentkeys/common/clock";
import { publicKeySha256 } from "./https-client.ts";

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");

/** A verifier of attestation evidence that says what it is told. */
export class TestVerifier {
  readonly #key: KeyObject;
  readonly #alg: string;
  readonly publicPem: string;

  constructor(alg: "ES256" | "ES384" | "RS256" | "PS256" = "ES256") {
    const pair =
      alg === "RS256" || alg === "PS256"
        ? generateKeyPairSync("rsa", { modulusLength: 2048 })
        : generateKeyPairSync("ec", { namedCurve: alg === "ES256" ? "P-256" : "P-384" });
    this.#key = pair.privateKey;
    this.#alg = alg;
    this.publicPem = pair.publicKey.export({ type: "spki", format: "pem" }) as string;
  }

  token(claims: object, header: object = {}): string {
    const input = `${encode({ alg: this.#alg, typ: "JWT", ...header })}.${encode(claims)}`;
    const hash = this.#alg === "ES384" ? "sha384" : "sha256";
    const pss = this.#alg === "PS256" ? { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST } : {};
    const signature = sign(hash, Buffer.from(input), { key: this.#key, dsaEncoding: "ieee-p1363", ...pss });
    return `${input}.${signature.toString("base64url")}`;
  }

  /** A token that is good now, made out to the key of a certificate; `change` replaces claims. */
  attest(cert: string, measurement: string, change: object = {}): string {
    const nowSeconds = systemClock.nowSeconds();
    return this.token({
      iss: "https://verifier.test",
      iat: nowSeconds,
      exp: nowSeconds + 300,
      eat_nonce: publicKeySha256(cert).toString("base64url"),
      submods: { container: { image_digest: measurement } },
      ...change,
    });
  }
}
