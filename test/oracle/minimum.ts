import type { Verdict } from "../../src/scenario/condition.js";
import { ANSWERS, type Decided, decideTriple, oracleOf } from "./judge.js";

const FIELDS = ["age", "country", "amount", "email", "member", "note"];

/** Assignments that are tried to show that a field decides something. */
const MOST_TRIED = 256;

/**
 * Holds the questions of all rounds of a session that stayed in its place in the end against the runs of the new version: undefined if they are the
 * fewest that would do, else what was asked too much.
 *
 * Where only owed fields were asked, no smaller set of fields may open any run to the step where the session stands. Where a
 * decision had to be known, each field has to matter: for some answers to the others, or for some verdicts of a judge who had not been
 * asked yet, the move is not sound without it.
 */
export function unneeded(rounds: readonly Decided[]): string | undefined {
  const last = rounds[rounds.length - 1];
  if (last?.decision.action !== "teleport" || rounds.length < 2) return undefined;
  if (last.decision.reasons[0] !== "MIGRATION.MOVED") return undefined;
  const target = last.migration.to.index.get(last.decision.stepId);
  if (target === undefined) return undefined;
  const before = rounds[0]?.triple.variables ?? {};
  const after = last.triple.variables;
  // Whether a step is skipped has to be known before anybody is asked what it collects.
  const rules = new Set(last.migration.to.skips.flatMap((rule) => rule?.fields ?? []));
  const asked = [
    ...new Set(rounds.flatMap(({ decision }) => (decision.action === "collect" ? decision.fields : []))),
  ].filter((field) => !rules.has(field));
  const isSound = (data: Readonly<Record<string, unknown>>) => oracleOf(last, data).soundRuns(target).length > 0;
  const told = (fields: readonly string[]) =>
    isSound({ ...before, ...Object.fromEntries(fields.map((field) => [field, after[field]])) });
  const ruled = [...rules].filter((field) => field in after && !(field in before));
  const onlyOwed = rounds.every(({ decision: d }) => d.action !== "collect" || d.reasons[0] === "FIELD.REQUIRED");
  if (onlyOwed) {
    const least = subsets(FIELDS.filter((field) => field in after || rules.has(field))).find(
      (fields) => fields.length < asked.length && told([...fields, ...rules]),
    );
    return least === undefined
      ? undefined
      : `minimum: asked ${asked.join()} where ${least.join() || "nothing"} would do`;
  }
  const idle = asked.find((field) => {
    const others = asked.filter((other) => other !== field);
    if (!told([...others, ...rules]) || decides(last, field) || hungOn(rounds, last, field)) return false;
    return assignments([...others, ...ruled]).every((values) => isSound({ ...before, ...values }));
  });
  return idle === undefined ? undefined : `minimum: asked ${idle}, which decides nothing`;
}

/** Whether another answer leads the session elsewhere. */
function decides({ triple, decision }: Decided, field: string): boolean {
  const stepId = decision.action === "teleport" ? decision.stepId : "";
  return (ANSWERS[field] ?? ["text"]).some((value) => {
    const other = decideTriple({ ...triple, variables: { ...triple.variables, [field]: value } }).decision;
    return other.action !== "teleport" || other.stepId !== stepId;
  });
}

/** Whether, when a field was asked, what the judge had not said yet could have made it lead to different results. */
function hungOn(rounds: readonly Decided[], last: Decided, field: string): boolean {
  const asking = rounds.find(({ decision }) => decision.action === "collect" && decision.fields.includes(field));
  const { judged = {}, variables } = last.triple;
  const later = Object.keys(judged).filter((text) => !Object.hasOwn(asking?.triple.judged ?? {}, text));
  const verdicts = later.reduce<Record<string, Verdict>[]>(
    (list, text) => list.flatMap((said) => [true, false].map((verdict) => ({ ...said, [text]: verdict }))),
    [{}],
  );
  return verdicts.some((said) => {
    const outcomes = (ANSWERS[field] ?? ["text"]).map((value) => {
      const other = { ...last.triple, judged: { ...judged, ...said }, variables: { ...variables, [field]: value } };
      const { decision } = decideTriple(other);
      return decision.action === "teleport" ? decision.stepId : decision.action;
    });
    return new Set(outcomes).size > 1;
  });
}

/** All sets of some fields, the smallest first. */
function subsets(fields: readonly string[]): string[][] {
  const all = Array.from({ length: 2 ** fields.length }, (_, mask) => fields.filter((__, i) => (mask >> i) & 1));
  return all.sort((a, b) => a.length - b.length);
}

function assignments(fields: readonly string[]): Record<string, unknown>[] {
  const all = fields.reduce<Record<string, unknown>[]>(
    (list, field) => list.flatMap((data) => (ANSWERS[field] ?? ["text"]).map((value) => ({ ...data, [field]: value }))),
    [{}],
  );
  return all.slice(0, MOST_TRIED);
}
