import { diffScenarios } from "../diff/diff.js";
import { explainMatching } from "../diff/explain.js";
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
  const { mapping = {} } = await readTerms(io, options);
  const diff = blamed(options, () => diffScenarios(from, to, { mapping }));
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
