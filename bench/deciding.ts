import { produce } from "immer";
import type { Session } from "../src/contracts/types.js";
import { compile } from "../src/scenario/compile.js";
import { defineScenario } from "../src/scenario/parse.js";
import { decide } from "../src/session/decide.js";
import { prepareMigration } from "../src/session/migration.js";
import { recordVisit, startSession } from "../src/session/visits.js";
import { compare, print } from "./rounds.js";
import { versionPair } from "./scenarios.js";

const TIMES = 200;

/** A session a few steps into a flow, moved to a next version that adds a step at the end. */
function situation(steps: number) {
  const v1 = defineScenario(versionPair({ seed: 3, steps }).from);
  const last = v1.steps[v1.steps.length - 1]?.id ?? "";
  const v2 = defineScenario({
    ...v1,
    version: 2,
    steps: [...v1.steps, { id: "after", name: "After" }],
    transitions: [...v1.transitions, { from: last, to: "after" }],
  });
  const [from, to] = [compile(v1), compile(v2)];
  let session: Session = startSession(v1, { id: "s", at: "2026-03-01T00:00:00Z" });
  let at = from.entry;
  for (let i = 0; i < 10; i += 1) {
    const next = from.ways[at]?.find((way) => way.to > at)?.to;
    if (next === undefined) break;
    at = next;
    session = recordVisit(session, v1, from.steps[at]?.id ?? "", { at: "2026-03-01T00:00:00Z" });
  }
  const exhausted = new Set(v2.steps.flatMap((step) => step.collects ?? []));
  return { session, migration: prepareMigration(from, to), exhausted };
}

const repeat = (run: () => unknown) => () => {
  let result: unknown;
  for (let i = 0; i < TIMES; i += 1) result = run();
  return result;
};

/** G7: one decision against copies of the same session; each figure also says how the flow's size counts. */
export function benchDeciding(steps: number, rounds: number): void {
  const { session, migration, exhausted } = situation(steps);
  const ours = { name: "ours", run: repeat(() => decide({ session, migration, facts: { exhausted } })) };
  const against = (name: string, run: () => unknown, limit?: number) => {
    const ratio = compare({ name, run: repeat(run) }, [ours], rounds).get("ours");
    if (ratio === undefined) return;
    print({
      goal: "G7",
      what: `decide with its witness / ${name}`,
      steps,
      spread: ratio,
      ...(limit === undefined ? {} : { limit: { atMost: limit } }),
    });
  };
  against(
    "spread copy of the session",
    () => ({ ...session, stepHistory: [...session.stepHistory], variables: { ...session.variables } }),
    3,
  );
  against("structuredClone of the session", () => structuredClone(session), 0.2);
  against("a change of the session through immer", () =>
    produce(session, (draft) => {
      draft.stepId = "x";
    }),
  );
}

/** G7: how much slower a decision is in a large flow than in a small one. */
export function benchGrowth(rounds: number): void {
  const [small, large] = [situation(50), situation(5000)];
  const run = ({ session, migration, exhausted }: ReturnType<typeof situation>) =>
    repeat(() => decide({ session, migration, facts: { exhausted } }));
  const ratio = compare({ name: "small", run: run(small) }, [{ name: "large", run: run(large) }], rounds).get("large");
  if (ratio !== undefined)
    print({
      goal: "G7",
      what: "decide in 5,000 steps / in 50 steps",
      steps: 5000,
      spread: ratio,
      limit: { atMost: 2 },
    });
}
