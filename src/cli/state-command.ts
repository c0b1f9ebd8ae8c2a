import { existsSync } from "node:fs";
import { resolve } from "node:path";
import type { StateReport } from "../contracts/types.js";
import { createRegraft } from "../engine/regraft.js";
import { isRegraftError, RegraftError } from "../errors.js";
import { memoryStore } from "../stores/memory.js";
import { plain } from "../tools/render-table.js";
import { layouts, migrateState, stateReport } from "../tools/state-migrate.js";
import { type ExitCode, exitCodes } from "./exit-codes.js";
import { writeText } from "./files.js";
import type { CliIo } from "./io.js";
import { withStore } from "./store-open.js";
import type { StateMigrateOptions } from "./tools-options.js";
import { print, printJson } from "./versions.js";

async function migrated(io: CliIo, options: StateMigrateOptions): Promise<StateReport> {
  const isDry = options.dryRun === true;
  if (options.from === undefined) {
    // Opening refuses every layout but the present one.
    await withStore(io, options, (regraft) => regraft.plans.list({ limit: 1 }));
    return stateReport([], { isDry, from: layouts.store });
  }
  const from = resolve(io.cwd, options.from);
  if (!existsSync(from)) {
    throw new RegraftError("CLI.FILE_NOT_FOUND", "there is no directory to take over", {
      path: "--from",
      expected: "a directory",
      received: "nothing",
    });
  }
  try {
    return await withStore(io, options, (regraft) => migrateState(regraft, { from, isDry }), { create: !isDry });
  } catch (error) {
    if (!isDry || !isRegraftError(error, "STORE.NOT_FOUND")) throw error;
    // A dry run makes no store: what there is not, it takes as empty.
    const regraft = createRegraft({ store: memoryStore() });
    return migrateState(options.tenant === undefined ? regraft : regraft.forTenant(options.tenant), { from, isDry });
  }
}

/** `regraft state migrate`: a directory of plain files into a store. */
export async function runStateMigrate(io: CliIo, options: StateMigrateOptions): Promise<ExitCode> {
  const report = await migrated(io, options);
  if (options.out !== undefined) await writeText(io, options.out, `${JSON.stringify(report, null, 2)}\n`);
  if (options.json === true) printJson(io, report);
  else {
    const told = report.operations.filter(({ status }) => status !== "skipped");
    const { planned, created, skipped, conflict, error } = report.summary;
    print(io, [
      ...told.map(({ status, source, target, note }) => {
        const where = target === undefined ? "" : ` to ${plain(target)}`;
        return `${status} ${plain(source)}${where}${note === undefined ? "" : `: ${plain(note)}`}`;
      }),
      `Layout ${report.fromLayout} to ${report.toLayout}: ${planned} planned, ${created} created, ${skipped} there already, ` +
        `${conflict} conflicts, ${error} errors.`,
    ]);
  }
  const { conflict, error } = report.summary;
  return conflict + error === 0 ? exitCodes.ok : exitCodes.findings;
}
