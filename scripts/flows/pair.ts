import type { LintFinding } from "../../src/contracts/types.js";
import { diffScenarios, type ScenarioDiff } from "../../src/diff/diff.js";
import { undecidedEffects } from "../../src/plan/effects.js";
import { lintPlan } from "../../src/plan/lint.js";
import { outlookOf } from "../../src/plan/outlook.js";
import { prepareMigration } from "../../src/session/migration.js";
import type { FlowVersion } from "./pack.js";
import { rehearse } from "./rehearse.js";

/** What was found for one pair of versions. */
export interface PairResult {
  readonly flow: string;
  readonly from: number;
  readonly to: number;
  readonly diff: ScenarioDiff | undefined;
  readonly lint: readonly LintFinding[];
  /** Effects for which a plan has to say whether they are still the same; rehearsed as "the same". */
  readonly undecided: readonly string[];
  /** How many sessions had which first outcome. */
  readonly outcomes: Readonly<Record<string, number>>;
  /** Why sessions stayed, by reason code. */
  readonly reasons: Readonly<Record<string, number>>;
  readonly moved: number;
  readonly questions: number;
  readonly errors: readonly string[];
}

const count = (counts: Record<string, number>, key: string): void => {
  counts[key] = (counts[key] ?? 0) + 1;
};

/** Compares two versions, lints the change, and rehearses some sessions. Whatever is thrown ends up in `errors`. */
export function examinePair(flow: string, before: FlowVersion, after: FlowVersion, sessions: number): PairResult {
  const errors: string[] = [];
  const outcomes: Record<string, number> = {};
  const reasons: Record<string, number> = {};
  const tried = <T>(what: string, work: () => T): T | undefined => {
    try {
      return work();
    } catch (error) {
      errors.push(`${what}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
      return undefined;
    }
  };
  const bare = tried("diff", () => diffScenarios(before.scenario, after.scenario));
  const undecided = bare === undefined ? [] : (tried("effects", () => undecidedEffects(bare.matching)) ?? []);
  const effects = Object.fromEntries(undecided.map((id) => [id, "same" as const]));
  const diff =
    undecided.length === 0 ? bare : tried("diff", () => diffScenarios(before.scenario, after.scenario, { effects }));
  const lint = diff === undefined ? [] : (tried("lint", () => lintOf(diff)) ?? []);
  const seen = { moved: 0, questions: 0 };
  if (diff !== undefined) {
    const { from, to } = diff.matching;
    const hops = [{ from, to, planId: "rehearsal", effects }];
    const migration = tried("prepare", () => prepareMigration(from, to, { hops }));
    for (let seed = 0; migration !== undefined && seed < sessions; seed += 1) {
      const found = tried(`seed ${seed}`, () => rehearse(diff, migration, seed));
      if (found === undefined) continue;
      errors.push(...found.faults);
      if (!("first" in found)) continue;
      count(outcomes, found.first.action);
      seen.questions += found.questions;
      if (found.last.action === "teleport" || found.last.action === "continue") seen.moved += 1;
      else for (const reason of found.last.reasons) count(reasons, reason);
    }
  }
  const { version: from } = before;
  return { flow, from, to: after.version, diff, lint, undecided, outcomes, reasons, ...seen, errors };
}

function lintOf(diff: ScenarioDiff): LintFinding[] {
  const terms = { policies: {}, data: [], counts: undefined };
  return lintPlan(diff, { ...terms, outlook: outlookOf(diff, terms) });
}
