import { checkReport, reportBuilder } from "../ledger/report.js";
import { renderReport } from "../tools/render-report.js";
import { type ExitCode, exitCodes } from "./exit-codes.js";
import { about, readJson, writeText } from "./files.js";
import type { CliIo } from "./io.js";
import type { FileOptions, ReportOptions } from "./ledger-options.js";
import { readableEntries } from "./readable-entries.js";
import { withStore } from "./store-open.js";
import { print, printJson } from "./versions.js";

/** `regraft report plan`: what became of a plan. */
export async function runReport(io: CliIo, planId: string, options: ReportOptions): Promise<ExitCode> {
  const report = await withStore(io, options, async ({ ledger }) => {
    const builder = reportBuilder(planId);
    for await (const { subject } of ledger.streams()) {
      if (subject.kind !== "session" && !(subject.kind === "plan" && subject.id === planId)) continue;
      for await (const entry of readableEntries(io, ledger, subject)) builder.take(entry);
    }
    return builder.end(io.now());
  });
  const text = options.json === true ? `${JSON.stringify(report, null, 2)}\n` : renderReport(report);
  if (options.out === undefined) io.out(text);
  else await writeText(io, options.out, text);
  return exitCodes.ok;
}

/** `regraft report check`: a report from a file. */
export async function runReportCheck(io: CliIo, file: string, options: FileOptions): Promise<ExitCode> {
  const json = await readJson(io, file);
  const { body } = about(file, () => checkReport(json));
  if (options.json === true) printJson(io, body.summary);
  else print(io, [`The report is whole: ${body.summary.operations} operations on ${body.summary.sessions} sessions.`]);
  return exitCodes.ok;
}
