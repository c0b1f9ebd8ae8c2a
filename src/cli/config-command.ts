import type { Configuration } from "../config/configuration.js";
import { leavesOf } from "../config/layers.js";
import { plain, table } from "../tools/render-table.js";
import { effectiveConfig } from "./effective-config.js";
import { type ExitCode, exitCodes } from "./exit-codes.js";
import type { CliIo } from "./io.js";
import type { ConfigShowOptions } from "./tools-options.js";
import { print, printJson, styleOf } from "./versions.js";

/** `regraft config show`: every option, and where its value comes from. */
export async function runConfigShow(io: CliIo, options: ConfigShowOptions): Promise<ExitCode> {
  const { profile, config, origins } = await effectiveConfig(io, options);
  if (options.json === true) printJson(io, { profile, config, origins });
  else print(io, [`Profile ${profile}`, ...lines(io, config, origins)]);
  return exitCodes.ok;
}

function lines(io: CliIo, config: Configuration, origins: Readonly<Record<string, string>>): string[] {
  const leaves = leavesOf({ ...config });
  const columns = ["option", "value", "from"].map((title) => ({ title }));
  const cells = Object.entries(origins).map(([path, origin]) => [
    path,
    plain(JSON.stringify(leaves.get(path)) ?? ""),
    origin,
  ]);
  return table(columns, cells, styleOf(io));
}
