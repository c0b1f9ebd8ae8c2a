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
  return { kind: isPglite ? "pglite" : "file", directory: resolve(io.cwd, directory) };
}

function invalid(message: string, received: string): RegraftError {
  return new RegraftError("CLI.STORE_INVALID", message, {
    path: "--store",
    expected: "a directory, postgres://user@host/database or pglite:directory",
    received,
  });
}
