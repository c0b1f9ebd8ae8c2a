import { readFileSync } from "node:fs";
import { z } from "zod";

const exportTarget = z.union([z.string(), z.object({ types: z.string(), default: z.string() })]);

const manifestShape = z.object({
  name: z.string(),
  version: z.string(),
  scripts: z.record(z.string(), z.string()),
  exports: z.record(z.string(), exportTarget),
  dependencies: z.record(z.string(), z.string()),
});

export type Manifest = z.infer<typeof manifestShape>;

export function readManifest(): Manifest {
  return manifestShape.parse(JSON.parse(readFileSync("package.json", "utf8")));
}

export interface Entry {
  /** The subpath as importers write it after the package name: `.`, `./testing`. */
  readonly subpath: string;
  /** Path of its declarations. */
  readonly types: string;
}

/** The subpaths that hold code, in the order of `exports`. */
export function codeEntries(manifest: Manifest): Entry[] {
  return Object.entries(manifest.exports).flatMap(([subpath, target]) =>
    typeof target === "string" ? [] : [{ subpath, types: target.types }],
  );
}
