import { diffOf, type PlanTerms } from "../plan/build.js";
import { undecidedEffects } from "../plan/effects.js";
import { compile } from "../scenario/compile.js";
import { rehearseSessions, type SessionOutcome } from "../tools/rehearse-sessions.js";
import { renderRehearsal } from "../tools/render-rehearsal.js";
import { type ExitCode, exitCodes } from "./exit-codes.js";
import { writeText } from "./files.js";
import type { CliIo } from "./io.js";
import type { RehearseOptions } from "./options.js";
import { readSessionsOn } from "./sessions.js";
import { blamedAsync, readTerms } from "./terms.js";
import { checkLater, print, printJson, readVersions, styleOf, type TwoVersions } from "./versions.js";

/** `regraft rehearse`: what would happen to each session. */
export async function runRehearse(io: CliIo, v1: string, v2: string, options: RehearseOptions): Promise<ExitCode> {
  const versions = await readVersions(io, v1, v2);
  checkLater(versions, v2);
  const terms = await readTerms(io, options);
  const sessions = await readSessionsOn(io, options.sessions, versions.from);
  const rehearsal = await blamedAsync(options, () =>
    rehearseSessions({ ...versions, sessions, terms, at: options.at ?? io.now() }),
  );
  const { results } = rehearsal;
  if (options.out !== undefined)
    await writeText(io, options.out, results.map((result) => `${JSON.stringify(result)}\n`).join(""));
  if (options.json === true) printJson(io, rehearsal);
  else print(io, [...renderRehearsal(rehearsal, versions.to, styleOf(io)), ...undecided(versions, terms)]);
  return stopsOne(results, options.failOn ?? []) ? exitCodes.findings : exitCodes.ok;
}

/** Names the flag that is missing where nobody has said whether an edited effect is still the same. */
function undecided({ from, to }: TwoVersions, terms: PlanTerms): string[] {
  const steps = undecidedEffects(diffOf(compile(from), compile(to), terms).matching);
  if (steps.length === 0) return [];
  return ["", `Not decided: is it still the same effect? Say "same" or "other" in --effects for ${steps.join(", ")}.`];
}

function stopsOne(results: readonly SessionOutcome[], actions: readonly string[]): boolean {
  return results.some(({ decision }) => actions.includes(decision.action));
}
