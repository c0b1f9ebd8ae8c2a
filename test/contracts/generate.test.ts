import { spawnSync } from "node:child_process";
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, it } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));
const out = mkdtempSync(join(tmpdir(), "regraft-generate-"));
afterAll(() => rmSync(out, { recursive: true, force: true }));

function generate(...args: string[]) {
  const script = join(root, "scripts/generate.ts");
  return spawnSync(process.execPath, ["--import", "tsx", script, ...args], { cwd: root, encoding: "utf8" });
}

const generated = [
  "schemas/reason-code.schema.json",
  "schemas/result.schema.json",
  "src/contracts/types.ts",
  "src/contracts/validators.js",
  "src/contracts/validators.d.ts",
  "src/contracts/golden-validators.js",
  "src/contracts/golden-validators.d.ts",
  "src/contracts/record-validators.js",
  "src/contracts/record-validators.d.ts",
  "src/contracts/reason-codes.ts",
  "docs/reason-codes.md",
  "schemas/registry.json",
  "schemas/pins.json",
];

it("generates the files of the repository, byte for byte, and tells stale ones", { timeout: 120_000 }, () => {
  const written = generate("--out", out);
  expect(written.stderr).toBe("");
  expect(written.stdout.trim().split("\n")).toEqual(generated.map((path) => `written: ${path}`));
  for (const path of generated) {
    expect(readFileSync(join(out, path), "utf8") === readFileSync(join(root, path), "utf8"), path).toBe(true);
  }

  appendFileSync(join(out, "docs/reason-codes.md"), "edited\n");
  const check = generate("--check", "--out", out);
  expect(check.status).toBe(1);
  expect(check.stderr).toBe("stale: docs/reason-codes.md (run npm run generate)\n");
});
