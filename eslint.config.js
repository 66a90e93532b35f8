import eslint from "@eslint/js";
import { defineConfig } from "eslint/config";
import tseslint from "typescript-eslint";

/** What the compiler cannot see, but `domain/` must not do: it has no clock, no chance, no waiting. */
const impureGlobals = ["Date", "process", "fetch", "setTimeout", "crypto", "performance"].map(
  (name) => ({ name, message: `domain/ is pure: pass what you need from ${name} in the command.` }),
);

export default defineConfig(
  { ignores: ["dist/", ".saldo/", "**/*.cjs", "eslint.config.js"] },
  { linterOptions: { reportUnusedDisableDirectives: "error" } },
  eslint.configs.recommended,
  tseslint.configs.strictTypeChecked,
  tseslint.configs.stylisticTypeChecked,
  {
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      "@typescript-eslint/consistent-type-definitions": ["error", "type"],
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/explicit-module-boundary-types": "error",
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/switch-exhaustiveness-check": [
        "error",
        { allowDefaultCaseForExhaustiveSwitch: false, considerDefaultExhaustiveForUnions: true },
      ],
      "@typescript-eslint/no-unused-vars": ["error", { ignoreRestSiblings: true }],
      // Objects here are closures, not classes: no method asks for its `this`.
      "@typescript-eslint/unbound-method": "off",
      eqeqeq: "error",
      "max-depth": ["error", 3],
      "max-lines": ["error", { max: 300, skipBlankLines: true, skipComments: true }],
      "max-lines-per-function": ["error", { max: 70, skipBlankLines: true, skipComments: true }],
      "max-params": ["error", 4],
      "no-console": "error",
      "no-param-reassign": "error",
    },
  },
  {
    files: ["domain/**"],
    rules: {
      "no-restricted-globals": ["error", ...impureGlobals],
      "no-restricted-properties": [
        "error",
        { object: "Math", property: "random", message: "domain/ is pure: no chance." },
      ],
      "no-restricted-syntax": [
        "error",
        { selector: "AwaitExpression", message: "domain/ is pure: nothing to wait for." },
        {
          selector: "ThrowStatement",
          message: "A rule says no by rejecting; use assert() for bugs.",
        },
      ],
    },
  },
  { files: ["domain/kernel/assert.ts"], rules: { "no-restricted-syntax": "off" } },
  {
    // Reads and writes instants, but must not ask what time it is.
    files: ["domain/kernel/instants.ts"],
    rules: {
      "no-restricted-globals": "off",
      "no-restricted-syntax": [
        "error",
        {
          selector:
            "NewExpression[callee.name='Date'][arguments.length=0], MemberExpression[object.name='Date'][property.name='now']",
          message: "domain/ is pure: it has no clock.",
        },
      ],
    },
  },
  {
    // Test files group many short sentences in one describe() and assert on loosely typed JSON.
    files: ["test/**", "**/*.test.ts"],
    rules: {
      "max-lines": ["error", { max: 400, skipBlankLines: true, skipComments: true }],
      "max-lines-per-function": "off",
      "@typescript-eslint/no-floating-promises": [
        "error",
        {
          allowForKnownSafeCalls: [
            { from: "package", package: "node:test", name: ["test", "it", "describe", "suite"] },
          ],
        },
      ],
    },
  },
  {
    files: ["scripts/**", "simulator/**", "bench/**", "conformance/**", "emulator/cli/**"],
    rules: { "no-console": "off" },
  },
);
