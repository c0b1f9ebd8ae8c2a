import { describe, expect, it } from "vitest";
import type { DataChange, Field, Scenario, Session } from "../../src/contracts/types.js";
import { createRegraft, defineScenario, isRegraftError, type Regraft } from "../../src/index.js";
import { memoryStore } from "../../src/stores/memory.js";
import { manualClock } from "../../src/testing/clock.js";
import { editScenario } from "../../src/testing/edits.js";
import { generateScenario } from "../../src/testing/generate.js";
import { sequentialIds } from "../../src/testing/ids.js";
import { generatePopulation } from "../../src/testing/population.js";
import { type Random, seededRandom } from "../../src/testing/random.js";
import { sampleValue } from "../../src/testing/sample.js";

const fields: readonly Field[] = [
  { name: "age", type: "integer", min: 0, max: 120 },
  { name: "country", type: "enum", values: [{ value: "US" }, { value: "FR" }] },
  { name: "amount", type: "number" },
  { name: "email", type: "email" },
  { name: "member", type: "boolean" },
  { name: "note", type: "string" },
];

const changes: readonly DataChange[] = [
  { op: "rename", from: "note", to: "remark" },
  { op: "rename", from: "remark", to: "note" },
  { op: "copy", from: "email", to: "contact" },
  { op: "convert", field: "amount", to: "string" },
  { op: "convert", field: "age", to: "string" },
  { op: "default", field: "member", value: true },
  { op: "constant", field: "terms", value: { year: 2026 } },
  { op: "constant", field: "note", value: "overwritten" },
  { op: "remove", field: "country" },
  { op: "remove", field: "email" },
];

/** What a move and its undo leave as it was: everything but stamps, revision, the mark and what the session waits for. */
function body({
  revision: _,
  updatedAt: __,
  pendingMigration: ___,
  migration: ____,
  ...rest
}: Omit<Session, "revision" | "updatedAt"> & Partial<Session>) {
  return rest;
}

/** The session apart from whether the next message answers its step, which one message settles. */
async function settled(regraft: Regraft, id: string): Promise<Omit<Session, "revision" | "updatedAt">> {
  const { revision: _, updatedAt: __, migration, ...rest } = await regraft.session(id);
  if (migration === undefined) return rest;
  const { replyElsewhere: ___, ...state } = migration;
  return { ...rest, migration: state };
}

async function population(seed: number, random: Random) {
  const plain = generateScenario({ seed });
  const v1 = defineScenario({ ...plain, fields });
  const v2 = defineScenario({ ...editScenario(plain, { seed: seed + 7, version: 2 }).scenario, fields });
  const clock = manualClock("2026-06-01T00:00:00Z");
  const config = { limits: { maxSteps: 100 }, ...(random.chance(0.4) ? { historyLimit: 1 + random.integer(4) } : {}) };
  const regraft = createRegraft({ store: memoryStore({ clock }), clock, ids: sequentialIds(), config });
  await regraft.publish(v1);
  const rates = { jumpRate: 0.15, repeatRate: 0.15, silenceRate: 0.1 };
  const sessions = generatePopulation(v1, { seed, size: 6, at: "2026-05-01T00:00:00Z", ...rates });
  for (const session of sessions) await regraft.importSession(session);
  const data = changes.filter(() => random.chance(0.25));
  const effects = Object.fromEntries(
    v1.steps.filter((step) => step.checkpoint || step.requiredAction).map(({ id }) => [id, "same" as const]),
  );
  const plan = await regraft.propose({ from: v1, to: v2, data, effects });
  await regraft.deploy(await regraft.approve(plan, { by: "ana" }));
  clock.advance(60_000);
  return { regraft, clock, v2, ids: sessions.map(({ id }) => id) };
}

/** Answers and runs whatever the migration asks, until the session moves or stops; returns it as it was right before the move. */
async function settle(regraft: Regraft, id: string, v2: Scenario, random: Random): Promise<Session | undefined> {
  for (let turn = 0; turn < 12; turn += 1) {
    const before = await regraft.session(id);
    const result = await regraft.reconcile(id);
    if (result.action === "teleport") return before;
    if (result.action === "collect") {
      const answers = result.fields.map((name): [string, unknown] => {
        const field = v2.fields?.find((one) => one.name === name) ?? { name, type: "string" as const };
        return [name, sampleValue(field, random)];
      });
      if ((await regraft.provide(id, Object.fromEntries(answers))).action === "teleport") return before;
    } else if (result.action === "execute_action") {
      for (const stepId of result.stepIds) {
        const done = await regraft.completeAction(id, stepId).catch((error: unknown) => error);
        if (isRegraftError(done, "ANSWER.NOT_ASKED")) return undefined;
      }
      if ((await regraft.session(id)).scenarioVersion === 2) return before;
    } else return undefined;
  }
  return undefined;
}

describe("an undo after a move", () => {
  it("gives the session as it was, whatever was edited, answered and changed in the data", {
    timeout: 120_000,
  }, async () => {
    const seen = { moved: 0, data: 0, trimmed: 0, reRouted: 0, answered: 0, checkpoints: 0 };
    for (let seed = 1; seed <= 75; seed += 1) {
      const random = seededRandom(seed);
      const { regraft, clock, v2, ids } = await population(seed, random);
      for (const id of ids) {
        const before = await settle(regraft, id, v2, random);
        if (before === undefined) continue;
        const moved = await regraft.session(id);
        const { inverse } = moved;
        seen.moved += 1;
        if (Object.keys(inverse?.fields ?? {}).length > 0) seen.data += 1;
        if ((inverse?.visits.removed.length ?? 0) > 0) seen.trimmed += 1;
        if (moved.stepHistory.at(-1)?.reason !== "graft") seen.reRouted += 1;
        if ((inverse?.filled?.length ?? 0) > 0) seen.answered += 1;
        if ((inverse?.checkpoints.added.length ?? 0) > 0) seen.checkpoints += 1;

        clock.advance(1000);
        expect(await regraft.undo(id, { by: "ana" }), `${seed} ${id}`).toMatchObject({ action: "undone", kept: [] });
        const undone = await settled(regraft, id);
        const { completedActions: _, lastActivityAt: __, ...was } = body(before);
        const { completedActions, lastActivityAt, ...is } = body(undone);
        expect(is, `${seed} ${id}`).toEqual(was);
        expect(completedActions).toEqual(moved.completedActions);
        expect(lastActivityAt).toBe(moved.lastActivityAt);
        expect(await regraft.reconcile(id)).toMatchObject({ action: "continue", reasons: ["HOLD.UNDONE"] });
        expect(await settled(regraft, id)).toEqual(undone);

        await regraft.release(id, { by: "ana" });
        const again = await regraft.reconcile(id);
        expect(again, `${seed} ${id}`).toMatchObject({ action: "teleport", stepId: moved.stepId });
        expect((await regraft.session(id)).variables).toEqual(moved.variables);
      }
    }
    expect(
      Object.values(seen).every((count) => count >= 5),
      JSON.stringify(seen),
    ).toBe(true);
  });
});
