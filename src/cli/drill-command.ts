import { RegraftError } from "../errors.js";
import { own } from "../hash/own.js";
import { type DrillResult, drills, runDrillNamed } from "../tools/drill.js";
import { type ExitCode, exitCodes } from "./exit-codes.js";
import type { CliIo } from "./io.js";
import type { DrillOptions } from "./tools-options.js";
import { print, printJson } from "./versions.js";

/** `regraft drill`: breaks a temporary store, recovers it, and asks the doctor. */
export async function runDrill(io: CliIo, name: string | undefined, options: DrillOptions): Promise<ExitCode> {
  if (name !== undefined && options.all === true) {
    throw new RegraftError("CLI.USAGE", "either a name or --all", { expected: "a name or --all", received: "both" });
  }
  if (name === undefined && options.all !== true) {
    const known = Object.entries(drills).map(([drill, { says }]) => ({ name: drill, says }));
    if (options.json === true) printJson(io, known);
    else
      print(io, [
        ...known.map((drill) => `${drill.name.padEnd(16)} ${drill.says}`),
        "",
        "Nothing was run: name one of them, or give --all.",
      ]);
    return exitCodes.ok;
  }
  const chosen = name === undefined ? Object.keys(drills) : [name];
  const results: DrillResult[] = [];
  for (const one of chosen) {
    const drill = own(drills, one);
    if (drill === undefined) {
      const expected = `one of ${Object.keys(drills).join(", ")}`;
      throw new RegraftError("CLI.USAGE", `there is no drill ${one}`, { expected, received: one });
    }
    results.push(await runDrillNamed(one, drill));
  }
  if (options.json === true) printJson(io, results);
  else
    print(
      io,
      results.map(
        ({ name: one, ok, problem }) =>
          `${ok ? "ok    " : "FAILED"} ${one}${problem === undefined ? "" : `: ${problem}`}`,
      ),
    );
  return results.every(({ ok }) => ok) ? exitCodes.ok : exitCodes.findings;
}
