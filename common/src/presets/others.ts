import { pricedAs, REST_METHODS, type Preset } from "./types.ts";

const generic = { methods: REST_METHODS, paths: ["/**"], denyPaths: [], errorShape: "generic" as const };
const openaiLike = { methods: ["GET", "POST"], denyPaths: [], errorShape: "openai" as const };

/** Providers whose conventions fit in a few lines. */
export const others: Readonly<Record<string, Preset>> = {
  gemini: {
    ...generic,
    upstream: "https://generativelanguage.googleapis.com",
    auth: { type: "header", name: "x-goog-api-key", format: "{secret}" },
    env: [
      { name: "GOOGLE_GEMINI_BASE_URL", value: "{proxy}/{service}" },
      { name: "GEMINI_API_KEY", value: "{placeholder}" },
    ],
    methods: ["GET", "POST"],
    pricing: pricedAs("google"),
  },
  groq: {
    ...openaiLike,
    upstream: "https://api.groq.com",
    auth: { type: "bearer" },
    env: [
      { name: "GROQ_BASE_URL", value: "{proxy}/{service}" },
      { name: "GROQ_API_KEY", value: "{placeholder}" },
    ],
    paths: ["/openai/v1/**"],
    pathPrefix: "/openai/v1",
    pricing: pricedAs("groq"),
  },
  together: {
    ...openaiLike,
    upstream: "https://api.together.xyz",
    auth: { type: "bearer" },
    env: [
      { name: "TOGETHER_BASE_URL", value: "{proxy}/{service}/v1" },
      { name: "TOGETHER_API_KEY", value: "{placeholder}" },
    ],
    paths: ["/v1/**"],
    pathPrefix: "/v1",
    pricing: pricedAs("together"),
  },
  mistral: {
    ...openaiLike,
    upstream: "https://api.mistral.ai",
    auth: { type: "bearer" },
    env: [{ name: "MISTRAL_API_KEY", value: "{placeholder}" }],
    paths: ["/v1/**"],
    pathPrefix: "/v1",
    pricing: pricedAs("mistral"),
  },
  gitlab: {
    ...generic,
    upstream: "https://gitlab.com",
    auth: { type: "header", name: "PRIVATE-TOKEN", format: "{secret}" },
    env: [{ name: "GITLAB_TOKEN", value: "{placeholder}" }],
    paths: ["/api/**"],
  },
  slack: {
    ...generic,
    upstream: "https://slack.com",
    auth: { type: "bearer" },
    env: [{ name: "SLACK_BOT_TOKEN", value: "{placeholder}" }],
    methods: ["GET", "POST"],
    paths: ["/api/**"],
  },
  stripe: {
    ...generic,
    upstream: "https://api.stripe.com",
    auth: { type: "bearer" },
    env: [{ name: "STRIPE_API_KEY", value: "{placeholder}" }],
    methods: ["GET", "POST", "DELETE"],
    paths: ["/v1/**", "/v2/**"],
  },
  telegram: {
    ...generic,
    upstream: "https://api.telegram.org",
    auth: { type: "path", format: "/bot{secret}" },
    env: [{ name: "TELEGRAM_BOT_TOKEN", value: "{placeholder}" }],
    methods: ["GET", "POST"],
  },
  linear: {
    ...generic,
    upstream: "https://api.linear.app",
    auth: { type: "header", name: "authorization", format: "{secret}" },
    env: [{ name: "LINEAR_API_KEY", value: "{placeholder}" }],
    methods: ["POST"],
    paths: ["/graphql"],
  },
};
