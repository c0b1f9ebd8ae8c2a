import type { Decision } from "../../src/contracts/types.js";
import { composeMaps } from "../../src/diff/compose.js";
import { evidenceOf, stepMapOf } from "../../src/diff/compose-evidence.js";
import { matchSteps } from "../../src/diff/match.js";
import type { Matching } from "../../src/diff/matching.js";
import { canonicalJson } from "../../src/hash/canonical-json.js";
import { compile } from "../../src/scenario/compile.js";
import { decide } from "../../src/session/decide.js";
import type { Needs } from "../../src/session/facts.js";
import { type Hop, type Migration, prepareMigration } from "../../src/session/migration.js";
import { verifyWitness } from "../../src/session/witness-check.js";
import type { Random } from "../../src/testing/random.js";
import { at, type Past, readPast } from "./past.js";
import { Oracle, type Wall } from "./runs.js";
import { sessionOf, type Triple } from "./triples.js";

const FIELDS = ["age", "country", "amount", "email", "member", "note"];

/** A triple with what the engine decides about it. */
export interface Decided {
  readonly triple: Triple;
  readonly migration: Migration;
  readonly decision: Decision | Needs;
}

/** Facts beside the session: no source knows anything, the judge what it was asked. */
export function factsOf({ judged }: Triple) {
  return { exhausted: new Set(FIELDS), ...(judged === undefined ? {} : { judged }) };
}

export function termsOf({ mapping, effects, allowRepeat }: Triple) {
  return {
    ...(mapping === undefined ? {} : { mapping }),
    ...(effects === undefined ? {} : { effects }),
    ...(allowRepeat === undefined ? {} : { allowRepeat }),
  };
}

/** The hops from the first version to the last, each under the same answers. */
function hopsOf(triple: Triple): Hop[] {
  const versions = [triple.v1, ...(triple.between ?? []), triple.v2].map(compile);
  const terms = termsOf(triple);
  return versions.slice(1).flatMap((to, i) => {
    const from = versions[i];
    return from === undefined ? [] : [{ from, to, ...terms }];
  });
}

/** What an auditor is told of the versions in between. */
export function auditTerms(triple: Triple) {
  const [first, ...rest] = hopsOf(triple).flatMap((hop) =>
    hop.map === undefined ? [stepMapOf(matchSteps(hop.from, hop.to, hop), hop.effects)] : [],
  );
  if (first === undefined || rest.length === 0) return termsOf(triple);
  return { ...termsOf(triple), ...evidenceOf(composeMaps([first, ...rest])) };
}

export function decideTriple(triple: Triple): Decided {
  const [from, to] = [compile(triple.v1), compile(triple.v2)];
  const migration = prepareMigration(from, to, { hops: hopsOf(triple) });
  const forced = triple.forceKind === undefined ? {} : { forceKind: triple.forceKind };
  const decision = decide({ session: sessionOf(triple), migration, facts: factsOf(triple), ...forced });
  return { triple, migration, decision };
}

/** The oracle of a decision, with other data than the session's if wanted. */
export function oracleOf({ triple, migration }: Decided, data: Triple["variables"] = triple.variables): Oracle {
  const { matching } = migration;
  if (matching === undefined) throw new Error("the walked version is gone");
  return new Oracle({
    matching,
    past: readPast(matching, sessionOf(triple), triple.allowRepeat ?? []),
    data,
    ...(triple.judged === undefined ? {} : { judged: triple.judged }),
    ...(triple.forceKind === undefined ? {} : { forceKind: triple.forceKind }),
  });
}

/** What the oracle has against a decision; empty if it agrees. Each line starts with a short name of the kind of disagreement. */
export function complaints(decided: Decided): string[] {
  const { triple, migration, decision } = decided;
  const { matching } = migration;
  if (matching === undefined) return [];
  const session = sessionOf(triple);
  const past = readPast(matching, session, triple.allowRepeat ?? []);
  const oracle = oracleOf(decided);
  const again = decideTriple(triple).decision;
  const found: string[] = [];
  if (canonicalJson(again) !== canonicalJson(decision)) found.push("P7: another result for the same input");
  const sound = past.currentImages.filter(
    (image) => oracle.againstTarget(image, true).length === 0 && oracle.soundRuns(image).length > 0,
  );
  // Which of several equal steps is meant is told by the history first, so that one of them is free means little.
  const free = sound.length === past.currentImages.length ? sound : [];
  const name = (step: number) => matching.to.steps[step]?.id ?? "";
  const told = (walls: readonly Wall[]) =>
    walls
      .map(
        (w) => `${name(w.step)}(${w.missing.join()}${w.checkpoint ? " checkpoint" : ""}${w.action ? " action" : ""})`,
      )
      .join(" ");
  const owes = () =>
    past.currentImages.flatMap((image) => (oracle.againstTarget(image, true).length > 0 ? [] : oracle.runsTo(image)));
  if (inConflict(matching, past) && decision.action !== "review")
    found.push(`conflict: ${decision.action} though content and the versions in between disagree`);
  if ("obstacle" in decision && decision.action !== "confirm") {
    const verdict = verifyWitness({
      from: triple.v1,
      to: triple.v2,
      session,
      decision,
      facts: factsOf(triple),
      ...auditTerms(triple),
      ...(triple.forceKind === undefined ? {} : { forceKind: triple.forceKind }),
    });
    if (!verdict.ok) found.push(`obstacle: ${verdict.problems.map((p) => `${p.code} ${p.message}`).join("; ")}`);
  }
  switch (decision.action) {
    case "teleport": {
      const target = matching.to.index.get(decision.stepId);
      const forced = triple.forceKind === undefined ? {} : { forceKind: triple.forceKind };
      const verdict = verifyWitness({
        from: triple.v1,
        to: triple.v2,
        session,
        decision,
        facts: factsOf(triple),
        ...auditTerms(triple),
        ...forced,
      });
      if (!verdict.ok) found.push(`witness: ${verdict.problems.map((p) => `${p.code} ${p.message}`).join("; ")}`);
      if (target === undefined || decision.version !== matching.to.scenario.version)
        return [...found, "P6: no such step"];
      const stays = past.currentImages.includes(target) && !decision.reasons.includes("MIGRATION.REROUTED");
      for (const problem of oracle.againstTarget(target, stays)) found.push(`${problem}: ${name(target)}`);
      const runs = oracle.runsTo(target);
      if (runs.length === 0) found.push(oracle.leadsTo(target) ? "P2b: no run with all checkpoints" : "P1: no run");
      else if (!runs.some((run) => run.walls.length === 0))
        found.push(`P3: owes ${runs.map((run) => told(run.walls)).join(" or ")}`);
      if (!stays && free.length > 0 && !free.includes(target))
        found.push(`P4b: could have stayed at ${free.map(name).join()}`);
      if (decision.reasons.includes("MIGRATION.REROUTED")) {
        const apart = runs.some((run) =>
          past.currentImages.some((image) => !oracle.reachesApart(target, image, run.before)),
        );
        if (runs.length > 0 && past.currentImages.length > 0 && !apart)
          found.push("where: re-routed before the place is out of reach");
      }
      if (target === matching.to.entry && past.passed.some((k) => k.proven) && !stays)
        found.push("where: back to the entry");
      return found;
    }
    case "collect": {
      if (free.length > 0) found.push(`P4b: asks ${decision.fields.join()} though ${free.map(name).join()} is free`);
      const fork = decision.obstacle.stepId === undefined ? undefined : matching.to.index.get(decision.obstacle.stepId);
      if (
        decision.reasons[0] === "FIELD.DECISION_NEEDS" &&
        past.currentImages.length === 1 &&
        fork === past.currentImages[0]
      ) {
        found.push("P4: asks for the way on from the step where the session stands");
      }
      if (decision.reasons.includes("FIELD.REQUIRED") && decision.reasons[0] === "FIELD.REQUIRED") {
        const runs = owes().filter((run) => run.walls.every((wall) => !wall.checkpoint && !wall.unclear));
        const costs = runs.map(
          (run) =>
            new Set(run.walls.flatMap((wall) => wall.missing)).size + (run.walls.some((w) => w.action) ? 100 : 0),
        );
        const least = Math.min(...costs);
        if (past.currentImages.length === 1 && costs.length > 0 && decision.fields.length > least)
          found.push(`P4b: asks ${decision.fields.join()} where ${least} would do`);
      }
      return found;
    }
    case "execute_action": {
      if (free.length > 0) found.push(`P4b: wants ${decision.stepIds.join()} though ${free.map(name).join()} is free`);
      for (const id of decision.stepIds) {
        const step = matching.to.steps[at(matching.to, id)];
        if (step?.requiredAction !== true) found.push(`P3: ${id} is no required action`);
        if (triple.completed.includes(id)) found.push(`P3: ${id} has run already`);
      }
      return found;
    }
    case "blocked":
    case "review": {
      if (decision.reason === "PLAN.EFFECT_UNDECIDED" || decision.reason === "MATCH.PROPOSED") return found;
      if (decision.reason === "MATCH.AMBIGUOUS" && inConflict(matching, past)) return found;
      if (decision.reason === "MATCH.AMBIGUOUS" && free.length !== 1) return found;
      if (free.length > 0) found.push(`P4b: ${decision.reason} though ${free.map(name).join()} is free`);
      if (decision.reason === "CHECKPOINT.WOULD_SKIP") {
        const open = owes().filter((run) => run.walls.every((wall) => !wall.checkpoint));
        if (open.length > 0) found.push(`P6: WOULD_SKIP though a run owes only ${told(open[0]?.walls ?? [])}`);
      }
      if (decision.reason === "CHECKPOINT.OFF_RUN" && owes().length > 0)
        found.push("P6: OFF_RUN though a run has all checkpoints");
      if (decision.reason === "CHECKPOINT.WOULD_REPEAT") {
        const other = decision.obstacle.otherStepId;
        const target = other === undefined ? undefined : matching.to.index.get(other);
        const stays = target !== undefined && past.currentImages.includes(target);
        if (target !== undefined && !oracle.againstTarget(target, stays).some((p) => p.startsWith("P2a")))
          found.push("P6: WOULD_REPEAT is not true");
      }
      return found;
    }
    case "exit_scenario": {
      if (past.passed.length > 0) found.push("where: leaves with a passed checkpoint");
      if (
        past.trail.some((old) => {
          const pair = matching.imageOf[old];
          return pair !== undefined && matching.to.reachable[pair.to] === 1;
        })
      )
        found.push("where: leaves though a visited step survives");
      return found;
    }
    case "needs":
      if (free.length > 0)
        found.push(`P4b: needs ${decision.conditions.join()} though ${free.map(name).join()} is free`);
      if (decision.fields.length > 0) found.push("needs: asks sources that are exhausted");
      if (decision.conditions.some((text) => text in (triple.judged ?? {}))) found.push("needs: asks the judge again");
      return found;
    default:
      return [`other: ${decision.action}`];
  }
}

/** Whether the versions in between lead elsewhere than equal content, at the session's place or at an effect that it has had. */
function inConflict({ conflicts, from }: Matching, { current, trail, passed }: Past): boolean {
  const hasEffect = (old: number) => from.steps[old]?.checkpoint === true || from.steps[old]?.requiredAction === true;
  return [current, ...trail.filter(hasEffect), ...passed.map(({ old }) => old)].some((old) => conflicts.has(old));
}

/** The triple after its question was answered, by the seed; undefined if there is no question. */
export function answered({ triple, decision }: Decided, random: Random): Triple | undefined {
  if (decision.action === "execute_action") return { ...triple, completed: [...triple.completed, ...decision.stepIds] };
  if (decision.action === "needs") {
    const said = decision.conditions.map((text) => [text, random.pick([true, false, "unknown" as const])]);
    return { ...triple, judged: { ...triple.judged, ...Object.fromEntries(said) } };
  }
  if (decision.action !== "collect") return undefined;
  const given = decision.fields.map((field) => [field, random.pick(ANSWERS[field] ?? ["text"])]);
  return { ...triple, variables: { ...triple.variables, ...Object.fromEntries(given) } };
}

export const ANSWERS: Readonly<Record<string, readonly unknown[]>> = {
  age: [5, 17, 18, 60],
  amount: [5, 50, 200],
  member: [true, false],
  country: ["US", "FR"],
};
