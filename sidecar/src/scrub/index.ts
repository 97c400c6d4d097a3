/**
 * Takes a key out of what a remote service answers: an echo of it in a header, a body or an event would hand it to the agent. Works
 * on bytes; must not know HTTP, services or where the key is from.
 */
export { spellingsOf, type Spellings } from "./spellings.ts";
export { Scrub, scrubText } from "./scrub.ts";
