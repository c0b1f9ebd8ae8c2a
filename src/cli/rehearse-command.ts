import type { Session } from "../contracts/types.js";
import type { Rehearsal } from "../engine/rehearse-tally.js";
import { RegraftError } from "../errors.js";
import { diffOf, type PlanTerms } from "../plan/build.js";
import { undecidedEffects } from "../plan/effects.js";
import { compile } from "../scenario/compile.js";
import { Outcomes } from "../tools/rehearse-outcomes.js";
import { rehearseSessions, type SessionOutcome } from "../tools/rehearse-sessions.js";
import { renderRehearsal } from "../tools/render-rehearsal.js";
import { type ExitCode, exitCodes } from "./exit-codes.js";
import type { CliIo } from "./io.js";
import type { RehearseOptions } from "./options.js";
import { linesTo, linesToOutput, type RehearsalLines } from "./rehearse-lines.js";
import { progressBar } from "./rehearse-progress.js";
import { countLines } from "./session-lines.js";
import { sessionsOn } from "./sessions.js";
import { blamedAsync, readTerms } from "./terms.js";
import { checkLater, print, printJson, readVersions, styleOf, type TwoVersions } from "./versions.js";

/** `regraft rehearse`: what would happen to each session. */
export async function runRehearse(io: CliIo, v1: string, v2: string, options: RehearseOptions): Promise<ExitCode> {
  if (options.sessions === undefined && options.store === undefined && options.tenant === undefined) {
    throw new RegraftError("CLI.USAGE", "sessions are missing: give --sessions or --store", {});
  }
  const told: CliIo = options.quiet === true ? { ...io, err: () => undefined } : io;
  const versions = await readVersions(told, v1, v2);
  checkLater(versions, v2);
  const terms = await readTerms(told, options);
  const quiet = options.quiet === true || sharesTerminal(io, options);
  const { sessions, total } = await sessionsFor(told, versions, options, {
    counts: !quiet && io.redraws.err !== false,
  });
  const outcomes = new Outcomes();
  const results: SessionOutcome[] = [];
  let fails = false;
  const totals = await withLines(io, options, async (lines) => {
    const progress = progressBar(io, total, { quiet });
    const onOutcome = async (outcome: SessionOutcome) => {
      outcomes.add(outcome);
      fails ||= stops(outcome, options.failOn ?? []);
      if (options.json === true) results.push(outcome);
      for (const to of lines) await to.session(outcome);
      progress.step();
    };
    const input = { ...versions, sessions, terms, at: options.at ?? io.now(), onOutcome };
    try {
      return await blamedAsync(options, () => rehearseSessions(input));
    } finally {
      progress.end();
    }
  });
  if (options.json === true) printJson(io, { totals, results });
  else if (options.jsonl !== true) {
    const shown = { totals, outcomes, to: versions.to };
    print(io, [...renderRehearsal(shown, styleOf(io)), ...undecided(versions, terms)]);
  }
  return fails ? exitCodes.findings : exitCodes.ok;
}

/** Sessions as they are read, and how many there are at most. */
interface Found {
  readonly sessions: Iterable<Session> | AsyncIterable<Session>;
  /** 0 where nobody has asked. */
  readonly total: number;
}

/** The sessions of a file, read as they are needed, or those that walk the version in a store. */
async function sessionsFor(
  io: CliIo,
  { from }: TwoVersions,
  options: RehearseOptions,
  { counts }: { readonly counts: boolean },
): Promise<Found> {
  const { sessions: file } = options;
  if (file !== undefined) {
    return { sessions: distinct(sessionsOn(io, file, from), file), total: counts ? await countLines(io, file) : 0 };
  }
  const sessions = await (await import("./store-sessions.js")).sessionsInStore(io, from, options);
  return { sessions, total: sessions.length };
}

/** Lines and a bar on one terminal would overwrite each other. */
function sharesTerminal(io: CliIo, { jsonl }: RehearseOptions): boolean {
  return jsonl === true && Number.isFinite(io.columns);
}

/** Opens what is to be written, has it written with the summary at its end, and closes it whatever happens. */
async function withLines(
  io: CliIo,
  { out, jsonl }: RehearseOptions,
  write: (lines: readonly RehearsalLines[]) => Promise<Rehearsal>,
): Promise<Rehearsal> {
  const lines: readonly RehearsalLines[] = [
    ...(out === undefined ? [] : [await linesTo(io, out)]),
    ...(jsonl === true ? [linesToOutput(io)] : []),
  ];
  try {
    const totals = await write(lines);
    for (const to of lines) await to.summary(totals);
    return totals;
  } finally {
    for (const to of lines) await to.close();
  }
}

/** Two sessions of one id cannot both be meant. Keeps the ids and nothing else of the sessions. */
async function* distinct(sessions: AsyncIterable<Session>, file: string): AsyncGenerator<Session> {
  const seen = new Set<string>();
  for await (const session of sessions) {
    const { tenantId, id } = session;
    const key = JSON.stringify([tenantId, id]);
    if (seen.has(key)) throw new RegraftError("SESSION.EXISTS", `there are two sessions ${id}`, { file, received: id });
    seen.add(key);
    yield session;
  }
}

/** Names the flag that is missing where nobody has said whether an edited effect is still the same. */
function undecided({ from, to }: TwoVersions, terms: PlanTerms): string[] {
  const steps = undecidedEffects(diffOf(compile(from), compile(to), terms).matching);
  if (steps.length === 0) return [];
  return ["", `Not decided: is it still the same effect? Say "same" or "other" in --effects for ${steps.join(", ")}.`];
}

function stops({ decision, model }: SessionOutcome, names: readonly string[]): boolean {
  return names.includes(decision.action) || (model === "needed" && names.includes("unknown"));
}
