/**
 * The writes a master wallet makes and the contracts that `chain deploy` creates, as bytes and in words. What is shown is read from the calldata itself, so nobody's description of
 * a transaction has to be believed. Must not know who signs or sends.
 */
export type { Action, ActionKind, Call } from "./actions.ts";
export { decodeCreation, encodeCreation, wordsOfCreation, type ContractName, type Creation } from "./creations.ts";
export { decodeCall, type CallTarget } from "./decode.ts";
export { encodeActions } from "./encode.ts";
export { callId } from "./id.ts";
export { wordsOf, type Names } from "./words.ts";
