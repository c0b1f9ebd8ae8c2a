import type { LintFinding } from "../contracts/types.js";
import { countFindings, renderFindings } from "../tools/render-findings.js";
import { type ExitCode, exitCodes } from "./exit-codes.js";
import type { CliIo } from "./io.js";
import { makePlan } from "./make-plan.js";
import type { LintOptions } from "./options.js";
import { print, printJson, readVersion, readVersions, styleOf } from "./versions.js";

/** `regraft lint`: what an operator should know before approving the new version, or what is odd about a single one. */
export async function runLint(io: CliIo, v1: string, v2: string | undefined, options: LintOptions): Promise<ExitCode> {
  const versions = v2 === undefined ? await alone(io, v1) : await readVersions(io, v1, v2);
  const { lint } = await makePlan(io, versions, options);
  if (options.json === true) printJson(io, { findings: lint, counts: countFindings(lint) });
  else print(io, renderFindings(lint, styleOf(io)));
  return failsOn(lint, options.failOn) ? exitCodes.findings : exitCodes.ok;
}

/** A single version is compared with itself, so that only what it says by itself is found. */
async function alone(io: CliIo, file: string) {
  const version = await readVersion(io, file);
  return { from: version, to: version };
}

function failsOn(findings: readonly LintFinding[], least: LintOptions["failOn"]): boolean {
  const order = ["error", "warning", "info", "never"];
  return findings.some(({ severity }) => least !== "never" && order.indexOf(severity) <= order.indexOf(least));
}
