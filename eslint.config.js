import eslint from "@eslint/js";
import tseslint from "typescript-eslint";

export default tseslint.config(
  { ignores: ["**/node_modules/", "**/dist/", "contracts/generated/", "contracts/out/", "contracts/cache/", "coverage/", "**/generated/"] },
  eslint.configs.recommended,
  ...tseslint.configs.strictTypeChecked,
  ...tseslint.configs.stylisticTypeChecked,
  {
    languageOptions: {
      parserOptions: { projectService: { allowDefaultProject: ["*.js", "*.cjs", "cli/bin/*.js"] }, tsconfigRootDir: import.meta.dirname },
    },
  },
  {
    rules: {
      eqeqeq: "error",
      "no-console": "error",
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/explicit-module-boundary-types": "error",
      "@typescript-eslint/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true, allowBoolean: true }],
      "@typescript-eslint/no-unsafe-class-instance-assignment": "off",
      // Calls a narrowing cast from a base interface unnecessary and its fix then breaks the build.
      "@typescript-eslint/no-unnecessary-type-assertion": "off",
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
    },
  },
  { files: ["*.js", "*.cjs", "**/*.js", "**/*.cjs"], ...tseslint.configs.disableTypeChecked },
  { files: ["**/*.cjs"], languageOptions: { globals: { module: "readonly", require: "readonly" } } },
  {
    files: ["**/*.js", "**/*.mjs"],
    languageOptions: {
      globals: {
        process: "readonly",
        console: "readonly",
        Buffer: "readonly",
        AbortController: "readonly",
        AbortSignal: "readonly",
        fetch: "readonly",
        setTimeout: "readonly",
        setInterval: "readonly",
      },
    },
  },
  {
    files: ["cli/src/wallet/page/*.js"],
    languageOptions: {
      globals: { document: "readonly", window: "readonly", Event: "readonly", TextDecoderStream: "readonly" },
    },
  },
  // Scripts of people and tests: they talk on standard output, and their functions are not a module's boundary.
  { files: ["e2e/**", "hack/**"], rules: { "no-console": "off", "@typescript-eslint/explicit-module-boundary-types": "off" } },
);
