/**
 * JSON Schema checks without the HTTP stack, for the sidecar. Must not import express.
 */
export { validator } from "../http/validator.ts";
