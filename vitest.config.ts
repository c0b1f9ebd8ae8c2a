import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

/** Tests that change nothing which others share: they load the sources once for many files, which takes a third of the time. */
const shared = [
  ...["config", "contracts", "diff", "fill", "hash", "ledger", "plan", "resilience", "scenario", "session"].map(
    (folder) => `test/${folder}/**/*.test.ts`,
  ),
  // The one of whole populations measures memory.
  "test/engine/!(rehearse).test.ts",
];

const fromRoot = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  resolve: {
    alias: { "#sha256": fromRoot("./src/hash/sha256-node.ts") },
  },
  test: {
    projects: [
      { extends: true, test: { name: "shared", include: shared, isolate: false } },
      { extends: true, test: { name: "apart", include: ["test/**/*.test.ts"], exclude: shared } },
    ],
    maxWorkers: 2,
    // Nothing is timed here: a busy machine may take long.
    testTimeout: 120_000,
    hookTimeout: 120_000,
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
