import { REST_METHODS, type Preset } from "./types.ts";

/** GitHub's REST and GraphQL API. Octokit has no variable for its base URL: pass `GITHUB_API_URL` as `baseUrl`. */
export const github: Preset = {
  upstream: "https://api.github.com",
  auth: { type: "bearer" },
  env: [
    { name: "GITHUB_API_URL", value: "{proxy}/{service}" },
    { name: "GITHUB_TOKEN", value: "{placeholder}" },
  ],
  methods: REST_METHODS,
  paths: ["/**"],
  denyPaths: [],
  errorShape: "generic",
};
