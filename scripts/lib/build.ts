import { existsSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { runOrThrow } from "./run.js";

const inputs = ["src", "package.json", "tsconfig.json", "tsup.config.ts"];
const output = "dist/index.d.ts";

function newestChange(path: string): number {
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(stat.mtimeMs, ...readdirSync(path).map((name) => newestChange(join(path, name))));
}

/**
 * Builds `dist` unless it is newer than everything it is made from. The declarations are written last.
 *
 * The build goes to a directory of its own first, so that programs reading `dist` meanwhile see a whole one, old or new.
 */
export function buildIfStale(): void {
  const newest = Math.max(...inputs.map(newestChange));
  if (existsSync(output) && statSync(output).mtimeMs > newest) return;
  const fresh = `dist.${process.pid}`;
  try {
    runOrThrow("npx", ["tsup", "--out-dir", fresh]);
    rmSync("dist", { recursive: true, force: true });
    renameSync(fresh, "dist");
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}
