import { statSync } from "node:fs";
import { resolve } from "node:path";
import { RegraftError } from "../errors.js";
import type { CliIo } from "./io.js";
import type { StoreOptions } from "./options.js";

/** Where a store is. */
export type StoreTarget =
  | { readonly kind: "file" | "pglite"; readonly directory: string }
  | { readonly kind: "postgres"; readonly url: string };

const defaultDirectory = ".regraft";

/**
 * Reads what `--store` names, else what the environment names, else the directory `.regraft`.
 *
 * @throws RegraftError `CLI.STORE_INVALID`; no error shows more of an address than its scheme
 */
export function storeTarget(io: CliIo, options: StoreOptions): StoreTarget {
  const named = options.store ?? io.store ?? defaultDirectory;
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(named)?.[1]?.toLowerCase();
  if (scheme === "postgres" || scheme === "postgresql") {
    if (URL.canParse(named)) return { kind: "postgres", url: named };
    throw invalid("the address of the database cannot be read", `${scheme}://...`);
  }
  if (scheme !== undefined) throw invalid("there is no store of that kind", `${scheme}://...`);
  const isPglite = named.startsWith("pglite:");
  const directory = isPglite ? named.slice("pglite:".length) : named;
  if (directory.trim() === "") throw invalid("the store has no directory", isPglite ? "pglite:" : "nothing");
  if (/\p{Cc}/u.test(directory)) throw invalid("the store has a name that no directory has", "control characters");
  return { kind: isPglite ? "pglite" : "file", directory: resolve(io.cwd, directory) };
}

/**
 * Looks before a store is opened whether something else lies where its directory is or shall be.
 *
 * @throws RegraftError `CLI.STORE_INVALID`
 */
export function checkDirectory(directory: string): void {
  try {
    const found = statSync(directory, { throwIfNoEntry: false });
    if (found === undefined || found.isDirectory()) return;
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
    throw invalid("no store can lie there", code);
  }
  throw invalid("no store can lie there", "something else than a directory");
}

function invalid(message: string, received: string): RegraftError {
  return new RegraftError("CLI.STORE_INVALID", message, {
    path: "--store",
    expected: "a directory, postgres://user@host/database or pglite:directory",
    received,
  });
}
