import { defineConfig } from "tsup";

export default defineConfig({
  entry: {
    index: "src/index.ts",
    cli: "src/cli/main.ts",
    testing: "src/testing/index.ts",
    "adapters/ai-sdk": "src/adapters/ai-sdk.ts",
    "adapters/otel": "src/adapters/otel.ts",
    "stores/file": "src/stores/file.ts",
    "stores/memory": "src/stores/memory.ts",
    "stores/postgres": "src/stores/postgres.ts",
    "stores/redis": "src/stores/redis.ts",
    "sha256-node": "src/hash/sha256-node.ts",
    "sha256-web": "src/hash/sha256-web.ts",
  },
  format: ["esm"],
  platform: "neutral",
  target: "es2022",
  splitting: true,
  treeshake: true,
  clean: true,
  sourcemap: false,
  // The host's own resolver picks the Node or the web form through "imports" of package.json.
  external: ["#sha256", /^node:/],
  dts: {
    entry: {
      index: "src/index.ts",
      testing: "src/testing/index.ts",
      "adapters/ai-sdk": "src/adapters/ai-sdk.ts",
      "adapters/otel": "src/adapters/otel.ts",
      "stores/file": "src/stores/file.ts",
      "stores/memory": "src/stores/memory.ts",
      "stores/postgres": "src/stores/postgres.ts",
      "stores/redis": "src/stores/redis.ts",
    },
    compilerOptions: { ignoreDeprecations: "6.0" },
  },
});
