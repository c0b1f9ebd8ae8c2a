import { dirname, join, resolve } from "node:path";
import { isRegraftError, RegraftError } from "../errors.js";
import { readCases, readEnvelope } from "../tools/golden-file.js";
import { type GoldenFlow, isBlank } from "../tools/golden-flow.js";
import { type PlayedCase, runGolden } from "../tools/golden-run.js";
import type { GoldenVerdict } from "../tools/golden-verdict.js";
import { editJson } from "../tools/json-edit.js";
import { safeName } from "../tools/path-guard.js";
import { renderTotals, renderVerdicts } from "../tools/render-golden.js";
import { counted } from "../tools/render-table.js";
import { type ExitCode, exitCodes } from "./exit-codes.js";
import { about, notWritten, parseJson, readScenario, readText } from "./files.js";
import type { CliIo } from "./io.js";
import type { GoldenOptions } from "./options.js";
import { print, printJson, styleOf } from "./versions.js";

/** A file of cases that was read and checked. */
interface LoadedFile {
  readonly file: string;
  readonly text: string;
  readonly flows: readonly GoldenFlow[];
}

/** `regraft golden run`: plays cases and compares what they come to with what they expect. */
export async function runGoldenCases(io: CliIo, files: readonly string[], options: GoldenOptions): Promise<ExitCode> {
  if (options.update === true && !io.updatesGolden) {
    throw new RegraftError("GOLDEN.UPDATE_REFUSED", "--update needs UPDATE_GOLDEN=1 in the environment", {
      expected: "UPDATE_GOLDEN=1",
    });
  }
  // All files are read before the first case is played, so that a broken one stops everything.
  const loaded: LoadedFile[] = [];
  for (const file of files) loaded.push(await load(io, file, options.update === true));
  const results: { readonly file: LoadedFile; readonly cases: PlayedCase[] }[] = [];
  for (const file of loaded) {
    const cases: PlayedCase[] = [];
    for (const flow of file.flows) {
      const isMeant = options.filter === undefined || flow.case.id.includes(options.filter);
      if (isMeant) cases.push(await played(file.file, flow));
    }
    results.push({ file, cases });
  }
  if (results.every(({ cases }) => cases.length === 0))
    throw new RegraftError("CLI.USAGE", `no case has "${options.filter}" in its id`, {});
  const updated = options.update === true ? await update(io, results) : new Set<string>();
  report(io, results, updated, options);
  const failed = results.some(({ cases }) => cases.some((one) => !afterUpdate(one, options).ok));
  return failed ? exitCodes.findings : exitCodes.ok;
}

/** Plays a case; what stops it before its first step is an error that names the case. */
async function played(file: string, flow: GoldenFlow): Promise<PlayedCase> {
  try {
    return await runGolden(flow);
  } catch (error) {
    if (!isRegraftError(error)) throw error;
    const { code, message, details } = error;
    const where = { ...details, file, path: flow.path + (details.path ?? "") };
    throw new RegraftError(code, message.slice(code.length + 2), where, { cause: error });
  }
}

async function load(io: CliIo, file: string, blank: boolean): Promise<LoadedFile> {
  const text = await readText(io, file);
  parseJson(text, file);
  const envelope = about(file, () => readEnvelope(text));
  const directory = resolve(io.cwd, dirname(file));
  const versions = await Promise.all(
    envelope.versionFiles.map(async (name) => {
      about(file, () => safeName(name));
      const within = { ...io, readFile: () => io.readInside(directory, name) };
      return (await readScenario(within, join(dirname(file), name))).scenario;
    }),
  );
  return { file, text, flows: about(file, () => readCases(envelope, versions, { blank })) };
}

/** Writes the new expectations of each file in one go, and tells which cases have one. */
async function update(
  io: CliIo,
  played: readonly { readonly file: LoadedFile; readonly cases: readonly PlayedCase[] }[],
): Promise<Set<string>> {
  const updated = new Set<string>();
  for (const { file, cases } of played) {
    const changed = cases.filter(
      ({ flow, verdict, update: next }) => next !== undefined && (!verdict.ok || isBlank(flow.case.expect)),
    );
    const edits = changed.map(({ flow, update: value }) => ({
      path: ["cases", file.flows.indexOf(flow), "expect"],
      value,
    }));
    if (edits.length === 0) continue;
    await replace(io, file.file, editJson(file.text, edits));
    for (const { flow } of changed) updated.add(`${file.file}#${flow.case.id}`);
  }
  return updated;
}

async function replace(io: CliIo, file: string, text: string): Promise<void> {
  try {
    await io.replaceFile(resolve(io.cwd, file), text);
  } catch (error) {
    throw notWritten(file, error);
  }
}

/** The verdict on a case, once its new expectation is written. */
function afterUpdate({ verdict, update: next }: PlayedCase, { update: isUpdate }: GoldenOptions): GoldenVerdict {
  return isUpdate === true && next !== undefined ? { id: verdict.id, ok: true, differences: [] } : verdict;
}

function report(
  io: CliIo,
  played: readonly { readonly file: LoadedFile; readonly cases: readonly PlayedCase[] }[],
  updated: ReadonlySet<string>,
  options: GoldenOptions,
): void {
  const results = played.map(({ file: { file }, cases }) => ({
    file,
    verdicts: cases.map((one) => afterUpdate(one, options)),
    cases,
  }));
  if (options.json === true) {
    printJson(io, {
      cases: results.flatMap(({ file, verdicts, cases }) =>
        verdicts.map((verdict, at) => ({
          file,
          ...verdict,
          ...(updated.has(`${file}#${verdict.id}`) ? { updated: true } : {}),
          outcome: cases[at]?.performance.outcome,
        })),
      ),
    });
    return;
  }
  const style = styleOf(io);
  const lines = results.flatMap(({ file, verdicts }) =>
    verdicts.length === 0 ? [] : renderVerdicts(file, verdicts, style),
  );
  const told =
    updated.size === 0 ? [] : [`${counted(updated.size, "case")} updated: read the change before you keep it`];
  const all = results.flatMap(({ verdicts }) => verdicts);
  print(io, [...lines, ...told, renderTotals(all, style)]);
}
