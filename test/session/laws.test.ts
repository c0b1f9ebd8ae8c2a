import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Scenario, Session } from "../../src/contracts/types.js";
import { downstreamOf, upstreamOf } from "../../src/diff/views.js";
import { canonicalJson } from "../../src/hash/canonical-json.js";
import { compile } from "../../src/scenario/compile.js";
import { defineScenario } from "../../src/scenario/parse.js";
import { decide } from "../../src/session/decide.js";
import { prepareMigration } from "../../src/session/migration.js";
import { disguise, generateScenario } from "../../src/testing/generate.js";
import { walkSession } from "../../src/testing/walk.js";

const RUNS = { numRuns: 400, seed: 20260301 };
const seeds = fc.integer({ min: 0, max: 2 ** 31 - 1 });

function outcome(session: Session, from: Scenario, to: Scenario) {
  const migration = prepareMigration(compile(from), compile(to));
  const exhausted = new Set(
    to.steps.flatMap((s) => s.collects ?? []).concat(["age", "country", "amount", "email", "member", "note"]),
  );
  return decide({ session, migration, facts: { exhausted } });
}

function walker(scenario: Scenario, seed: number): Session {
  return walkSession(scenario, {
    seed,
    id: "s",
    at: "2026-03-01T00:00:00Z",
    jumpRate: 0.2,
    repeatRate: 0.1,
    silenceRate: 0.2,
  });
}

/** A walker whose step some run of the flow can end at. */
function settled(scenario: Scenario, seed: number): Session | undefined {
  const session = walker(scenario, seed);
  const c = compile(scenario);
  return c.reachable[c.index.get(session.stepId) ?? -1] === 1 ? session : undefined;
}

const at = (scenario: Scenario, version: number): Scenario => defineScenario({ ...scenario, version });

describe("laws of a decision", () => {
  it("moves everyone by a clean graft onto the same step when a version is published again unchanged", () => {
    fc.assert(
      fc.property(seeds, seeds, (a, b) => {
        const v1 = generateScenario({ seed: a });
        const session = settled(v1, b);
        if (session === undefined) return;
        expect(outcome(session, v1, at(v1, 2))).toMatchObject({
          action: "teleport",
          kind: "clean_graft",
          stepId: session.stepId,
        });
      }),
      RUNS,
    );
  });

  it("moves everyone by a clean graft when all ids are renamed and lists without order are shuffled", () => {
    fc.assert(
      fc.property(seeds, seeds, (a, b) => {
        const v1 = generateScenario({ seed: a });
        const session = settled(v1, b);
        if (session === undefined) return;
        const v2 = disguise(v1, { seed: b, version: 2 });
        const result = outcome(session, v1, v2);
        if (result.action === "review" && result.reasons.includes("MATCH.AMBIGUOUS")) return;
        expect(result).toMatchObject({ action: "teleport", kind: "clean_graft" });
        const hash = compile(v1).hashes[compile(v1).index.get(session.stepId) ?? -1];
        const landed =
          result.action === "teleport" ? compile(v2).hashes[compile(v2).index.get(result.stepId) ?? -1] : "";
        expect(landed).toBe(hash);
      }),
      RUNS,
    );
  });

  it("gives the same bytes for the same input", () => {
    fc.assert(
      fc.property(seeds, seeds, seeds, (a, b, c) => {
        const [v1, v2] = [generateScenario({ seed: a }), generateScenario({ seed: c, version: 2 })];
        const session = settled(v1, b);
        if (session === undefined) return;
        expect(canonicalJson(outcome(session, v1, v2))).toBe(canonicalJson(outcome(structuredClone(session), v1, v2)));
      }),
      RUNS,
    );
  });

  it("ignores a step that is added strictly below, off every run to the session's place", () => {
    fc.assert(
      fc.property(seeds, seeds, (a, b) => {
        const v1 = generateScenario({ seed: a });
        const session = settled(v1, b);
        if (session === undefined) return;
        const c = compile(v1);
        const here = c.index.get(session.stepId) ?? -1;
        const above = upstreamOf(c, here);
        const below = downstreamOf(c, here);
        const host = [...c.steps.keys()].find(
          (step) => below[step] === 1 && above[step] !== 1 && step !== here && (c.ways[step]?.length ?? 0) === 1,
        );
        if (host === undefined) return;
        const id = c.steps[host]?.id ?? "";
        const transitions = v1.transitions.flatMap((way) =>
          way.from === id
            ? [
                { ...way, to: "added" },
                { from: "added", to: way.to },
              ]
            : [way],
        );
        const v2 = defineScenario({
          ...v1,
          version: 2,
          steps: [...v1.steps, { id: "added", name: "Added", collects: ["iban"] }],
          transitions,
        });
        expect(outcome(session, v1, v2)).toMatchObject({
          action: "teleport",
          kind: "clean_graft",
          stepId: session.stepId,
        });
      }),
      RUNS,
    );
  });

  it("never turns a move into a refusal when a requirement is dropped", () => {
    fc.assert(
      fc.property(seeds, seeds, seeds, fc.nat(), (a, b, c, which) => {
        const v1 = generateScenario({ seed: a });
        const v2 = generateScenario({ seed: c, version: 2 });
        const session = settled(v1, b);
        if (session === undefined) return;
        const before = outcome(session, v1, v2);
        const asking = v2.steps.filter(
          (step) => (step.collects?.length ?? 0) > 0 && !v1.steps.some((old) => old.id === step.id),
        );
        const victim = asking[which % Math.max(1, asking.length)];
        if (before.action !== "teleport" || victim === undefined) return;
        const steps = v2.steps.map((step) => (step.id === victim.id ? { ...step, collects: [] } : step));
        expect(outcome(session, v1, defineScenario({ ...v2, steps })).action).toBe("teleport");
      }),
      RUNS,
    );
  });
});
