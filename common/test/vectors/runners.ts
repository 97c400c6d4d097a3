import { expect } from "@jest/globals";
import { AgentKeysLens, AgentKeysScope, CredentialAudit, K3EpochCounter, SidecarRegistry } from "@agentkeys/contracts";
import { deviceOf } from "@agentkeys/common/delegation";
import { aadV1, aadV2, deriveKek, deriveKekV1, envelopeKind, kekV1Message, objectKey, objectPrefix } from "@agentkeys/common/envelope";
import { openEnvelope, sealEnvelope, walletPrefix } from "@agentkeys/common/envelope";
import { agentPopPayload, childOmni, childOmniOfSegment, deviceKeyHash, isLabel, keccak256 } from "@agentkeys/common/identity";
import { operatorOmni, serviceHash } from "@agentkeys/common/identity";
import { generateSigningKey, verifyJws } from "@agentkeys/common/jose";
import { Secret } from "@agentkeys/common/secret";
import { FakeClock } from "@agentkeys/common/testing";
import { computeAddress, getBytes, Interface, Wallet } from "ethers";
import { deriveWalletKey, signAsWallet } from "../../../signer/src/keys/legacy.ts";
import { mintWebIdentity } from "../../../signer/src/sts/web-identity.ts";
import { decodeCapFacts } from "../../src/chain/decode.ts";
import { bytesOf, textOf, vectors, type Vector } from "./read.ts";

type Runner = (vector: Vector) => unknown;
const refuses = (code: string): object => expect.objectContaining({ code }) as object;
const compiled = [SidecarRegistry, AgentKeysScope, K3EpochCounter, AgentKeysLens, CredentialAudit].map(({ abi }) => new Interface(abi));

/** Secret of the older signer in all of its vectors. */
const MASTER_SECRET = Secret.of(Buffer.from(Array.from({ length: 32 }, (_, index) => index)));

const isOmniOf: Runner = ({ input, output }) => expect(operatorOmni(textOf(input, "wallet"))).toBe(`0x${textOf(output, "omni_hex")}`);

const isChildOf: Runner = ({ input, output }) => {
  const [parent, segment, child] = [textOf(input, "parent_omni_hex"), textOf(input, "label_segment"), textOf(output, "child_omni_hex")];
  expect(childOmniOfSegment(parent, segment)).toBe(`0x${child}`);
  if (segment.endsWith("/0")) expect(childOmni(parent, segment.slice(0, -2))).toBe(`0x${child}`);
};

const isAddressOf: Runner = ({ input, output }) =>
  expect(deviceOf(Secret.of(bytesOf(input, "k10_private_key"))).address).toBe(output["address"]);

const isDeviceKeyHash: Runner = ({ input, output }) => expect(deviceKeyHash(textOf(input, "address"))).toBe(output["device_key_hash"]);

/** The hash rule and the kind of signature are kept; ours names operator and actor too (ADR 4). */
const isPopRule: Runner = async ({ input, output }) => {
  const [text, payload] = [textOf(input, "preimage_utf8"), textOf(output, "payload_hex")];
  expect(keccak256(text)).toBe(payload);
  expect(await new Wallet(textOf(input, "k10_private_key")).signMessage(getBytes(payload))).toBe(output["pop_sig"]);
  const omni = `0x${"ab".repeat(32)}`;
  const ours = agentPopPayload({ deviceKeyHash: textOf(input, "device_key_hash"), operatorOmni: omni, actorOmni: omni });
  expect(ours).toBe(keccak256(`${text}:${omni}:${omni}`));
};

const isServiceHash: Runner = ({ input, output }) => expect(serviceHash(textOf(input, "service"))).toBe(output["service_hash"]);

const isSelector: Runner = ({ input, output }) => {
  const signature = textOf(input, "signature");
  const found = compiled.find((abi) => abi.hasFunction(signature));
  expect(found?.getFunction(signature)?.selector).toBe(output["selector"]);
};

const isTopic: Runner = ({ input, output }) => {
  const signature = textOf(input, "signature");
  const found = compiled.find((abi) => abi.hasEvent(signature));
  expect(found?.getEvent(signature)?.topicHash).toBe(output["topic0"]);
};

const isErrorSelector: Runner = ({ input, output }) => {
  const found = compiled.map((abi) => abi.getError(textOf(input, "signature"))).find((error) => error !== null);
  expect(found?.selector).toBe(output["selector"]);
};

const word = (value: number): string => value.toString(16).padStart(64, "0");
/** A device as the lens answers it: actor's operator, scope, read-only, epoch, block and time follow. */
const asLensAnswer = (raw: string): string => `${raw}${raw.slice(2, 66)}${[1, 0, 3, 70, 1_700_000_000].map(word).join("")}`;

const isDevice: Runner = ({ input, output }) => {
  const { device } = decodeCapFacts(asLensAnswer(textOf(input, "raw")));
  const { tier, roles, registered_at: registeredAt, revoked } = output;
  expect(device).toMatchObject({ tier, roles, registeredAt, revoked });
  const [words] = new Interface(SidecarRegistry.abi).decodeFunctionResult("getDevice", textOf(input, "raw")) as unknown as [unknown[]];
  expect(words.slice(3)).toEqual([...[tier, roles, registeredAt].map((value) => BigInt(Number(value))), revoked]);
};

/** Upstream's longer device and a cut one: our seven words are a type of their own (protocol §7), anything else is a fault. */
const isNoDevice: Runner = ({ input }) => {
  for (const answer of [textOf(input, "raw"), asLensAnswer(textOf(input, "raw"))]) expect(() => decodeCapFacts(answer)).toThrow();
};

const isWalletKey: Runner = ({ input, output }) => {
  const key = deriveWalletKey(Secret.of(bytesOf(input, "master_secret")), textOf(input, "omni_account"));
  expect(`0x${key.revealBytes().toString("hex")}`).toBe(output["private_key"]);
  expect(computeAddress(textOf(output, "private_key")).toLowerCase()).toBe(output["address"]);
};

const isWalletSignature: Runner = ({ input, output }) => {
  const key = deriveWalletKey(MASTER_SECRET, textOf(input, "omni_account"));
  expect(`0x${signAsWallet(key, bytesOf(input, "message_hex")).toString("hex")}`).toBe(output["signature"]);
};

const isKekV1: Runner = ({ input, output }) =>
  expect(deriveKekV1(bytesOf(input, "signature")).revealBytes().toString("hex")).toBe(output["kek_hex"]);

const isKekV1FromMasterSecret: Runner = (vector) => {
  const { input } = vector;
  const message = kekV1Message(textOf(input, "identity"), textOf(input, "service"));
  expect(message).toBe(input["message_utf8"]);
  const signature = signAsWallet(deriveWalletKey(MASTER_SECRET, textOf(input, "omni_account")), message);
  expect(`0x${signature.toString("hex")}`).toBe(input["signature"]);
  isKekV1(vector);
};

const isKekV2: Runner = ({ input, output }) => {
  const kek = deriveKek(Secret.of(bytesOf(input, "k3")), textOf(input, "actor_omni_hex")).revealBytes().toString("hex");
  expect(kek).toBe(output["kek_hex_if_actor_is_raw_32_bytes"]);
  expect(kek).not.toBe(output["kek_hex_if_actor_is_hex_ascii"]);
};

const kekOf = ({ input }: Vector): Secret => Secret.of(bytesOf(input, "kek_hex"));

const opens: Runner = (vector) => {
  const opened = openEnvelope(bytesOf(vector.output, "envelope_hex"), { kek: kekOf(vector), aad: textOf(vector.input, "aad_utf8") });
  expect(opened.reveal()).toBe(vector.input["plaintext_utf8"]);
};

const opensV1: Runner = (vector) => {
  expect(aadV1("0xABC", "openrouter")).toBe(vector.input["aad_utf8"]);
  opens(vector);
};

const opensV2: Runner = (vector) => {
  expect(aadV2("11".repeat(32), "openrouter")).toBe(vector.input["aad_utf8"]);
  opens(vector);
};

const sealsAndOpensV4: Runner = (vector) => {
  const { input, output } = vector;
  const [epoch, nonce] = [Number(input["k3_epoch"]), bytesOf(input, "nonce_hex")];
  const plaintext = Buffer.from(textOf(input, "plaintext_utf8"));
  const sealed = sealEnvelope({ kek: kekOf(vector), epoch, nonce, plaintext, aad: aadV2("ab".repeat(32), "openrouter") });
  expect(sealed.toString("hex")).toBe(output["envelope_hex"]);
  expect(envelopeKind(sealed)).toEqual({ version: 4, epoch });
  opens(vector);
};

/** Upstream's later version with a KEK of the client's: ours neither writes nor reads it (protocol §6). */
const isUnknownV3: Runner = ({ output }) =>
  expect(() => envelopeKind(bytesOf(output, "envelope_hex"))).toThrow(refuses("envelope_unknown_version"));

const isRefusedAs =
  (code: string): Runner =>
  ({ input }) =>
    expect(() => envelopeKind(bytesOf(input, "envelope_hex"))).toThrow(refuses(code));

/** The wrong wallet or service fails its tag, the right one opens: so the vector itself is sound. */
const isAnothers =
  (right: { wallet?: string; service?: string }): Runner =>
  (vector) => {
    const { wallet, service } = vector.input as { wallet: string; service: string };
    const blob = bytesOf(vector.input, "envelope_hex");
    const openAs = (aad: string): Secret => openEnvelope(blob, { kek: kekOf(vector), aad });
    expect(() => openAs(aadV1(wallet, service))).toThrow(refuses("envelope_decrypt"));
    expect(openAs(aadV1(right.wallet ?? wallet, right.service ?? service)).reveal()).not.toBe("");
  };

const isRetagged: Runner = (vector) => {
  const blob = bytesOf(vector.input, "envelope_hex");
  expect(envelopeKind(blob)).toEqual({ version: 2 });
  const aad = aadV2("ab".repeat(32), textOf(vector.input, "service"));
  expect(() => openEnvelope(blob, { kek: kekOf(vector), aad })).toThrow(refuses("envelope_decrypt"));
};

const isAad: Runner = ({ input, output }) => expect(aadV2(textOf(input, "actor_omni"), textOf(input, "service"))).toBe(output["aad_utf8"]);

/** Ours is for one actor: `sub` is its omni and the wallet is a tag only while older storage is read (protocol §6). */
const isWebIdentity: Runner = async ({ input, output }) => {
  const { claims } = output as { claims: Record<string, unknown> };
  const wallet = textOf(input, "wallet") === "" ? null : textOf(input, "wallet").toLowerCase();
  const [key, clock, actor] = [await generateSigningKey(), new FakeClock(Number(input["iat"])), textOf(claims, "agentkeys_actor_omni")];
  const token = await mintWebIdentity({ audience: "sts.amazonaws.com", key, clock, issuer: textOf(input, "issuer"), actorOmni: actor, wallet });
  const { payload } = await verifyJws(token, { typ: "JWT", keys: [key.publicJwk] });
  const { iss, aud, iat, exp, agentkeys_actor_omni: omni } = claims;
  expect(payload).toMatchObject({ iss, aud, iat, exp, agentkeys_actor_omni: omni, sub: omni });
  const { principal_tags: tags } = claims["https://aws.amazon.com/tags"] as { principal_tags: Record<string, string[]> };
  const kept = wallet === null ? { agentkeys_actor_omni: tags["agentkeys_actor_omni"] } : tags;
  const ours = payload["https://aws.amazon.com/tags"] as { principal_tags: unknown; transitive_tag_keys: string[] };
  expect(ours.principal_tags).toEqual(kept);
  expect(new Set(ours.transitive_tag_keys)).toEqual(new Set(Object.keys(kept)));
};

const isWalletKeyOfStore: Runner = ({ input, output }) =>
  expect(`${walletPrefix(textOf(input, "wallet"))}${textOf(input, "service")}.enc`).toBe(output["key"]);

/** Same layout, but a short omni and a name in capitals are refused before any key is built. */
const isObjectKey: Runner = ({ input, output }) => {
  const [omni, service] = [textOf(input, "actor_omni"), textOf(input, "service")];
  expect(() => objectKey(omni, service.toLowerCase())).toThrow(refuses("invalid_input"));
  const whole = omni.padEnd(66, "0");
  expect(() => objectKey(whole, service)).toThrow(refuses("invalid_input"));
  const padded = whole.slice(2).toLowerCase();
  expect(objectKey(whole, service.toLowerCase())).toBe(textOf(output, "key").replace("abcdef", padded));
  expect(objectPrefix(whole)).toBe(textOf(output, "prefix").replace("abcdef", padded));
};

const areLabels: Runner = ({ input, output }) => {
  for (const label of input["labels"] as string[]) expect(isLabel(label)).toBe(output["ok"]);
};

const runners: [Runner, string[]][] = [
  [isOmniOf, ["omni.zero_wallet", "omni.evm_1234", "omni.oidc_test_wallet", "omni.bootstrap_master", "omni.short_0xdef"]],
  [isChildOf, vectors.map(({ id }) => id).filter((id) => id.startsWith("hdkd."))],
  [isAddressOf, ["device.address_0x11", "device.address_0x22"]],
  [isDeviceKeyHash, ["device.device_key_hash_0x11", "device.device_key_hash_zero_address"]],
  [isPopRule, ["device.agent_pop_sig_0x11"]],
  [isServiceHash, ["service_hash.anthropic", "service_hash.memory_travel", "service_hash.cred_openrouter"]],
  [isSelector, ["isServiceInScope", "currentEpoch", "revokeScope", "getDevice_6a7f745e"].map((name) => `selector.${name}`)],
  [isSelector, ["operatorMasterWallet_664cc611", "getScope_c53ee1be", "advanceEpoch_3cf80e6c"].map((name) => `selector.${name}`)],
  [isSelector, ["selector.registerAgentDevice_9847ca95", "selector.appendRoot_28d3a294"]],
  [isTopic, ["OperatorBootstrapped", "ScopeRevoked", "K3Rotated", "AuditRootAppended"].map((name) => `event_topic.${name}`)],
  [isErrorSelector, ["DeviceAlreadyRegistered", "OperatorNotRegistered", "NotAuthorized"].map((name) => `error_selector.${name}`)],
  [isErrorSelector, ["NotSignerGovernance", "ZeroAddressGovernance"].map((name) => `error_selector.${name}`)],
  [isDevice, ["abi.device_entry_7w_stage1"]],
  [isNoDevice, ["abi.device_entry_11w_active", "abi.device_entry_11w_revoked", "abi.device_entry_too_short"]],
  [isWalletKey, ["signer.derive_address_omni_ab", "signer.derive_address_omni_cd"]],
  [isWalletSignature, ["signer.sign_message_hello"]],
  [isKekV1FromMasterSecret, ["kek_v1.real_signer_wallet_anthropic"]],
  [isKekV1, ["kek_v1.fake_signer_openrouter", "kek_v1.fake_signer_anthropic"]],
  [isKekV2, ["kek_v2.k3_00_1f_actor_ab", "kek_v2.k3_ff_actor_zero_wallet"]],
  [opensV1, ["envelope.v1_wallet"]],
  [opensV2, ["envelope.v2_worker_cross_compat"]],
  [isUnknownV3, ["envelope.v3_client_kek"]],
  [sealsAndOpensV4, ["envelope.v4_arch"]],
  [isAad, ["aad.worker_pinned"]],
  [isRetagged, ["envelope_negative.v1_retagged_v2"]],
  [isRefusedAs("envelope_unknown_version"), ["envelope_negative.unknown_version_ff"]],
  [isRefusedAs("envelope_too_short"), ["envelope_negative.truncated_1_byte"]],
  [isAnothers({ wallet: "0xabc" }), ["envelope_negative.wrong_wallet"]],
  [isAnothers({ service: "openrouter" }), ["envelope_negative.wrong_service"]],
  [isWebIdentity, ["oidc.wallet_session_claims", "oidc.agent_session_claims"]],
  [isWalletKeyOfStore, ["s3_key.v1"]],
  [isObjectKey, ["s3_key.worker"]],
  [areLabels, ["label.accept", "label.reject"]],
];

/** Vector id to what checks it. */
export const RUNNERS = new Map(runners.flatMap(([runner, of]) => of.map((id) => [id, runner] as const)));
