import type { Scenario } from "../contracts/types.js";
import { diffScenarios } from "../diff/diff.js";
import { explainMatching } from "../diff/explain.js";
import { RegraftError } from "../errors.js";
import { toDot } from "../tools/dot.js";
import { toMermaid } from "../tools/mermaid.js";
import { renderDiff, section } from "../tools/render-diff.js";
import { type ExitCode, exitCodes } from "./exit-codes.js";
import type { CliIo } from "./io.js";
import type { DiffOptions } from "./options.js";
import { blamed, readTerms } from "./terms.js";
import { print, printJson, readVersions, styleOf } from "./versions.js";

/** `regraft diff`: what differs between two versions. */
export async function runDiff(io: CliIo, v1: string, v2: string, options: DiffOptions): Promise<ExitCode> {
  const { from, to } = await readVersions(io, v1, v2);
  const { mapping = {}, effects = {} } = await readTerms(io, options);
  const diff = blamed(options, () => {
    checkSteps(effects, from);
    return diffScenarios(from, to, { mapping, effects });
  });
  const input = { map: diff.map, from, to };
  if (options.json === true) printJson(io, diff.map);
  else if (options.mermaid === true) io.out(toMermaid(input));
  else if (options.dot === true) io.out(toDot(input));
  else {
    const style = styleOf(io);
    const why =
      options.explain === true ? section("Why each pair belongs together", explainMatching(diff.matching), style) : [];
    print(io, [...renderDiff(input, style), ...why]);
  }
  return exitCodes.ok;
}

/** An answer about a step that does not exist would be overlooked. */
function checkSteps(effects: Readonly<Record<string, unknown>>, { steps, version }: Scenario): void {
  const known = new Set(steps.map(({ id }) => id));
  const unknown = Object.keys(effects).find((id) => !known.has(id));
  if (unknown === undefined) return;
  const path = `/effects/${unknown}`;
  throw new RegraftError("PLAN.UNKNOWN_ANCHOR", `${path}: ${unknown} is no step of version ${version}`, {
    path,
    expected: `a step id of version ${version}`,
    received: unknown,
  });
}
