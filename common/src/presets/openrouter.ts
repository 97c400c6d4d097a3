import { pricedAs, type Preset } from "./types.ts";

/** OpenRouter speaks OpenAI's API under `/api/v1`; key provisioning stays closed. */
export const openrouter: Preset = {
  upstream: "https://openrouter.ai/api",
  auth: { type: "bearer" },
  env: [
    { name: "OPENROUTER_BASE_URL", value: "{proxy}/{service}" },
    { name: "OPENROUTER_API_KEY", value: "{placeholder}" },
    { name: "OPENAI_BASE_URL", value: "{proxy}/{service}/v1" },
    { name: "OPENAI_API_KEY", value: "{placeholder}" },
  ],
  methods: ["GET", "POST"],
  paths: ["/v1/**"],
  denyPaths: ["/v1/keys", "/v1/keys/**"],
  pathPrefix: "/v1",
  errorShape: "openai",
  pricing: pricedAs("openrouter"),
};
