import { pricedAs, type Preset } from "./types.ts";

/** Anthropic's SDKs append `/v1/messages` themselves, so the base stays bare. */
export const anthropic: Preset = {
  upstream: "https://api.anthropic.com",
  auth: { type: "header", name: "x-api-key", format: "{secret}" },
  env: [
    { name: "ANTHROPIC_BASE_URL", value: "{proxy}/{service}" },
    { name: "ANTHROPIC_API_KEY", value: "{placeholder}" },
  ],
  methods: ["GET", "POST", "DELETE"],
  paths: ["/v1/**"],
  denyPaths: ["/v1/organizations/**"],
  pathPrefix: "/v1",
  errorShape: "anthropic",
  pricing: pricedAs("anthropic"),
};
