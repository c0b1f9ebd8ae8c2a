import type { DoctorFinding } from "../contracts/types.js";
import { pinDrift, problemsOf, readSchemaSet } from "../tools/schema-registry.js";
import { doctorLines, examineStore } from "./doctor-command.js";
import { type ExitCode, exitCodeOf, exitCodes } from "./exit-codes.js";
import type { CliIo } from "./io.js";
import type { OnStoreOptions } from "./options.js";
import { print, printJson } from "./versions.js";

/** Whether something is not what was written, and cannot be completed from what was. */
function isTampered({ severity, code, fixable }: DoctorFinding): boolean {
  return severity === "error" && !fixable && (code === "STORE.DAMAGED" || exitCodeOf(code) === exitCodes.integrity);
}

/** `regraft verify`: schemas, pins, examples, and where a store is named its ledger and its health. */
export async function runVerify(io: CliIo, options: OnStoreOptions): Promise<ExitCode> {
  const set = readSchemaSet();
  const drift = pinDrift(set);
  const problems = problemsOf(set);
  const named = options.store !== undefined || options.tenant !== undefined || io.store !== undefined;
  const doctor = named ? await examineStore(io, options) : undefined;
  const isWhole = drift.length === 0 && doctor?.health.chainOk !== false && !doctor?.findings.some(isTampered);
  const ok = isWhole && problems.length === 0 && doctor?.ok !== false;
  if (options.json === true) printJson(io, { ok, pins: drift, examples: problems, doctor: doctor ?? null });
  else {
    print(io, [
      ...drift.map(({ path, problem }) => `SCHEMA.PIN_MISMATCH ${path}: ${problem}`),
      ...problems.map(({ kind, path, problem }) => `${kind}: ${path}: ${problem}`),
      `pins: ${drift.length === 0 ? "as pinned" : `${drift.length} differ`}`,
      `examples: ${problems.length === 0 ? "as they should be" : `${problems.length} problems`}`,
      ...(doctor === undefined ? ["store: none was named"] : doctorLines(doctor).map((line) => `store: ${line}`)),
    ]);
  }
  if (!isWhole) return exitCodes.integrity;
  return ok ? exitCodes.ok : exitCodes.findings;
}
