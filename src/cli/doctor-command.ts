import type { DoctorReport } from "../contracts/types.js";
import { examine, examineDirectory } from "../tools/doctor.js";
import { plain } from "../tools/render-table.js";
import { type ExitCode, exitCodes } from "./exit-codes.js";
import type { CliIo } from "./io.js";
import { withStore } from "./store-open.js";
import { storeTarget } from "./store-target.js";
import type { DoctorOptions } from "./tools-options.js";
import { print, printJson } from "./versions.js";

/** Examines the store that the options name. */
export async function examineStore(io: CliIo, options: DoctorOptions): Promise<DoctorReport> {
  const target = storeTarget(io, options);
  const input = {
    fix: options.fix === true,
    clock: { now: () => Date.parse(io.now()) },
    ...(options.tenant === undefined ? {} : { tenantId: options.tenant }),
  };
  if (target.kind === "file") return examineDirectory(target.directory, input);
  return withStore(io, options, (_, { store }) => examine(store, input));
}

/** A report in lines. */
export function doctorLines({ findings, fixed, health, ok }: DoctorReport): string[] {
  const told = findings.map(
    ({ severity, code, subject, message, fixable }) =>
      `${severity} ${code} ${plain(subject)}: ${plain(message)}${fixable ? " (--fix mends it)" : ""}`,
  );
  const { documents, validRatio, pinsVerified, chainOk, staleLocks, openTransactions, openDlq } = health;
  return [
    ...fixed.map((text) => `fixed ${text}`),
    ...told,
    `${documents} documents and sessions, ${Math.round(validRatio * 10_000) / 100} % valid; chain ${chainOk ? "whole" : "broken"}; ` +
      `pins ${pinsVerified ? "verified" : "differ"}; ${staleLocks} stale locks, ${openTransactions} changes half way, ${openDlq} dead letters`,
    ok ? "Nothing is broken." : "Something is broken.",
  ];
}

/** `regraft doctor`: everything that can be wrong with a store. */
export async function runDoctor(io: CliIo, options: DoctorOptions): Promise<ExitCode> {
  const report = await examineStore(io, options);
  if (options.json === true) printJson(io, report);
  else print(io, doctorLines(report));
  return report.ok ? exitCodes.ok : exitCodes.findings;
}
