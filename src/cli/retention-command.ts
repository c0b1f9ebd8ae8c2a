import type { KeptItem, RetainedItem, RetentionPlan } from "../engine/retention-items.js";
import { RegraftError } from "../errors.js";
import { plain, type RenderStyle, table } from "../tools/render-table.js";
import { type ExitCode, exitCodes } from "./exit-codes.js";
import { readJson, writeText } from "./files.js";
import type { CliIo } from "./io.js";
import type { RetentionApplyOptions, RetentionPlanOptions } from "./options.js";
import { withStore } from "./store-open.js";
import { print, printJson, styleOf } from "./versions.js";

/** `regraft retention plan`: what would be dropped, what stays, and why. */
export async function runRetentionPlan(io: CliIo, options: RetentionPlanOptions): Promise<ExitCode> {
  const at = options.at === undefined ? {} : { at: options.at };
  const plan = await withStore(io, options, (regraft) => regraft.planRetention(at));
  if (options.out !== undefined) await writeText(io, options.out, `${JSON.stringify(plan, null, 2)}\n`);
  if (options.json === true) printJson(io, plan);
  else print(io, [...itemLines(io, "Would be dropped", plan.drop), "", ...keptLines(io, "Stays", plan.keep)]);
  return exitCodes.ok;
}

/** `regraft retention apply`: drops what a retention plan names. */
export async function runRetentionApply(io: CliIo, file: string, options: RetentionApplyOptions): Promise<ExitCode> {
  const plan = asPlan(await readJson(io, file), file);
  const result = await withStore(io, options, (regraft) => regraft.applyRetention(plan, { by: options.by }));
  if (options.json === true) printJson(io, result);
  else print(io, [...itemLines(io, "Dropped", result.dropped), "", ...keptLines(io, "Spared", result.spared)]);
  return exitCodes.ok;
}

/** Its digest proves the rest, when it is applied. */
function asPlan(value: unknown, file: string): RetentionPlan {
  const given = typeof value === "object" && value !== null ? value : {};
  if ("digest" in given && "drop" in given && Array.isArray(given.drop)) return given as RetentionPlan;
  throw new RegraftError("INPUT.INVALID", "the file is no retention plan", {
    file,
    expected: "what `regraft retention plan --out` writes",
    received: "something else",
  });
}

/** Ids are there to be copied: nothing is cut. */
function whole(io: CliIo): RenderStyle {
  return { ...styleOf(io), columns: Number.POSITIVE_INFINITY };
}

function nameOf(item: RetainedItem): string[] {
  if (item.kind === "version") return [item.scenarioId, `version ${item.version}`, item.endedAt ?? "?"];
  return [
    item.scenarioId,
    `plan ${item.planId} (${item.fromVersion} to ${item.toVersion}, ${item.status})`,
    item.endedAt,
  ];
}

function itemLines(io: CliIo, title: string, items: readonly RetainedItem[]): string[] {
  const columns = ["scenario", "what", "ended"].map((name) => ({ title: name }));
  return [`${title}: ${items.length}`, ...table(columns, items.map(nameOf), whole(io))];
}

function keptLines(io: CliIo, title: string, items: readonly KeptItem[]): string[] {
  const columns = ["scenario", "what", "why", "by"].map((name) => ({ title: name }));
  const rows = items.map(({ item, reason, by, until }) => {
    const [scenario = "", what = ""] = nameOf(item);
    return [scenario, what, reason, plain(by ?? (until === undefined ? "" : `until ${until}`))];
  });
  return [`${title}: ${items.length}`, ...table(columns, rows, whole(io))];
}
