import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** A temporary directory with files; values are written as JSON. */
export function directoryOf(files: Readonly<Record<string, unknown>>): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), "regraft-tools-"));
  for (const [name, value] of Object.entries(files)) {
    const file = join(path, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, typeof value === "string" ? value : JSON.stringify(value));
  }
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}
