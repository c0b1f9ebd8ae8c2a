import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const fromRoot = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  resolve: {
    alias: { "#sha256": fromRoot("./src/hash/sha256-node.ts") },
  },
  test: {
    include: ["test/**/*.test.ts"],
    maxWorkers: 2,
    testTimeout: 20_000,
    hookTimeout: 60_000,
    reporters: ["default", fromRoot("./scripts/count-reporter.ts")],
    coverage: {
      provider: "v8",
      include: ["src/**/*.ts"],
      exclude: ["src/contracts/types.ts", "src/contracts/validators.*", "src/contracts/reason-codes.ts"],
      reporter: ["text-summary", "html", "json-summary"],
      reportsDirectory: "coverage",
    },
  },
});
