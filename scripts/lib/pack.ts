import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { runOrThrow } from "./run.js";

const packReport = z.array(z.object({ filename: z.string() })).length(1);

/** Packs the built package into a new temporary directory and returns that directory and the path of the archive. */
export function packBuilt(): { directory: string; archive: string } {
  const directory = mkdtempSync(join(tmpdir(), "regraft-pack-"));
  const output = runOrThrow("npm", [
    "pack",
    "--json",
    "--ignore-scripts",
    "--loglevel=error",
    "--pack-destination",
    directory,
  ]);
  const report = packReport.parse(JSON.parse(output.slice(output.indexOf("["), output.lastIndexOf("]") + 1)));
  return { directory, archive: join(directory, report[0]?.filename ?? "") };
}
