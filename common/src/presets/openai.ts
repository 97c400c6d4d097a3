import { pricedAs, type Preset } from "./types.ts";

/** OpenAI's SDKs append `/chat/completions` to a base that ends in `/v1`. Organisation administration stays closed. */
export const openai: Preset = {
  upstream: "https://api.openai.com",
  auth: { type: "bearer" },
  env: [
    { name: "OPENAI_BASE_URL", value: "{proxy}/{service}/v1" },
    { name: "OPENAI_API_BASE", value: "{proxy}/{service}/v1" },
    { name: "OPENAI_API_KEY", value: "{placeholder}" },
  ],
  methods: ["GET", "POST", "DELETE"],
  paths: ["/v1/**"],
  denyPaths: ["/v1/organization/**"],
  pathPrefix: "/v1",
  errorShape: "openai",
  pricing: pricedAs("openai"),
};
