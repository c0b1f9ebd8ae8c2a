import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { RegraftError } from "../errors.js";

function isOwn(directory: string): boolean {
  const file = join(directory, "package.json");
  if (!existsSync(file)) return false;
  const manifest: unknown = JSON.parse(readFileSync(file, "utf8"));
  return typeof manifest === "object" && manifest !== null && "name" in manifest && manifest.name === "regraft";
}

/** The directory of this package, where its schemas and examples lie. */
export function packageRoot(): string {
  let directory = dirname(fileURLToPath(import.meta.url));
  while (!isOwn(directory)) {
    const above = dirname(directory);
    if (above === directory) throw new RegraftError("INTERNAL.BUG", "the package does not find its own directory");
    directory = above;
  }
  return directory;
}
