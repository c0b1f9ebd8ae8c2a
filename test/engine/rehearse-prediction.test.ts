import { describe, expect, it } from "vitest";
import {
  comparePrediction,
  createRegraft,
  type Field,
  type FieldSource,
  type Prediction,
  type PredictionReport,
  predictionOf,
  type Regraft,
  type SettledSession,
} from "../../src/index.js";
import { memoryStore } from "../../src/stores/memory.js";
import { manualClock } from "../../src/testing/clock.js";
import { sequentialIds } from "../../src/testing/ids.js";
import { seededRandom } from "../../src/testing/random.js";
import { sampleValue } from "../../src/testing/sample.js";
import { walkSession } from "../../src/testing/walk.js";
import { makeTriple, type Triple } from "../oracle/triples.js";

const population = 12;

/** What happens to a session between the rehearsal and its message. */
type Meanwhile = "nothing" | "moved" | "changed" | "closed" | "gone";

interface Played {
  readonly report: PredictionReport;
  readonly meanwhile: ReadonlyMap<string, Meanwhile>;
  readonly models: ReadonlySet<string>;
  readonly actions: readonly string[];
}

/** Somebody who knows everything about some people, not quite all about others, and what some said in the conversation. */
const sources: readonly FieldSource[] = [
  {
    name: "crm",
    kind: "profile",
    find: async ({ session: { id }, fields }) => {
      const value = (field: Field) => sampleValue(field, seededRandom(id.length));
      if (id.endsWith("3")) return fields.map((field) => ({ field: field.name, value: value(field), confidence: 1 }));
      if (!/[2468]$/.test(id)) return [];
      return fields.map((field) => ({ field: field.name, value: value(field), confidence: 0.9, quote: "so they say" }));
    },
  },
  {
    name: "transcript",
    kind: "conversation",
    find: async ({ session: { id } }) => (id.endsWith("5") ? [{ field: "note", value: "text", confidence: 1 }] : []),
  },
];

/** A population on the first version of a triple, rehearsed, deployed with the same terms, and reconciled to the last. */
async function play(seed: number): Promise<Played> {
  const { v1, v2, mapping, allowRepeat, ...triple }: Triple = makeTriple(seed);
  const random = seededRandom(seed * 31 + 7);
  const clock = manualClock("2026-03-02T00:00:00Z");
  const fieldSources = random.chance(0.7) ? sources : [];
  const judge = { judge: async () => random.chance(0.5) };
  const regraft = createRegraft({ store: memoryStore({ clock }), clock, ids: sequentialIds(), fieldSources, judge });
  await regraft.publish(v1);
  const ids = Array.from({ length: population }, (_, n) => `s${n}`);
  for (const [n, id] of ids.entries()) {
    const rates = { jumpRate: n % 3 === 0 ? 0.25 : 0, repeatRate: n % 4 === 0 ? 0.2 : 0, silenceRate: 0.15 };
    await regraft.importSession(walkSession(v1, { seed: seed * 100 + n, id, at: "2026-03-01T00:00:00Z", ...rates }));
  }
  const effects = Object.fromEntries(
    v1.steps
      .filter((step) => step.checkpoint === true || step.requiredAction === true)
      .map(({ id }) => [id, triple.effects?.[id] ?? ("same" as const)]),
  );
  const excluded = random.chance(0.3) ? { policies: { "*": { scope: { excludeSessions: ["s1"] } } } } : {};
  const terms = {
    effects,
    ...excluded,
    ...(mapping === undefined ? {} : { mapping }),
    ...(allowRepeat === undefined ? {} : { allowRepeat }),
  };
  const plan = await regraft.propose({ from: 1, to: v2, ...terms });
  const predicted: Prediction[] = [];
  await regraft.rehearse(random.chance(0.5) ? plan : { from: 1, to: v2, ...terms }, {
    judge: random.chance(0.3),
    conversation: random.chance(0.3),
    onSession: (one) => void predicted.push(predictionOf(one)),
  });
  const models = new Set(predicted.filter(({ model }) => model !== "none").map(({ sessionId }) => sessionId));
  await regraft.deploy(await regraft.approve(plan, { by: "ana" }));
  const meanwhile = new Map<string, Meanwhile>();
  for (const id of ids) meanwhile.set(id, await disturb(regraft, id, random.integer(10)));
  const settled: SettledSession[] = [];
  for (const id of ids) {
    if (meanwhile.get(id) === "gone") continue;
    const before = await regraft.session(id);
    settled.push({ before, result: await regraft.reconcile(id) });
  }
  const actions = predicted.map(({ decision }) => decision.action);
  return { report: comparePrediction(predicted, settled), meanwhile, models, actions };
}

async function disturb(regraft: Regraft, id: string, roll: number): Promise<Meanwhile> {
  const { stepId } = await regraft.session(id);
  if (roll === 0) {
    const { steps } = await regraft.scenarioOf(id);
    const other = steps.find((step) => step.id !== stepId);
    if (other === undefined) return "nothing";
    await regraft.recordVisit(id, other.id, { version: 1 });
    return "moved";
  }
  if (roll === 1) {
    await regraft.update(id, { variables: { age: 77 } });
    return "changed";
  }
  if (roll === 2) {
    await regraft.update(id, { status: "closed" });
    return "closed";
  }
  return roll === 3 ? "gone" : "nothing";
}

const whys = { moved: "moved", changed: "changed", closed: "changed", gone: "absent" } as const;

describe("what a rehearsal says", () => {
  it("is what happens to every session that is as it was and needs no model; the others are named, with why", async () => {
    const seen = new Map<string, number>();
    for (let seed = 1; seed <= 60; seed += 1) {
      const { report, meanwhile, models, actions } = await play(seed);
      expect(report.broken, `seed ${seed}`).toEqual([]);
      expect(report.held).toBe(report.bound);
      const expected = [...meanwhile].flatMap(([sessionId, what]) => {
        const why = what === "nothing" ? (models.has(sessionId) ? "model" : undefined) : whys[what];
        return why === undefined ? [] : [{ tenantId: "", sessionId, why }];
      });
      const named = [...report.others].sort((a, b) => Number(a.sessionId.slice(1)) - Number(b.sessionId.slice(1)));
      expect(named, `seed ${seed}`).toEqual(expected);
      expect(report.bound + report.others.length).toBe(population);
      for (const key of [...actions, ...report.others.map(({ why }) => why)]) seen.set(key, (seen.get(key) ?? 0) + 1);
      seen.set("bound", (seen.get("bound") ?? 0) + report.bound);
    }
    for (const key of ["teleport", "collect", "confirm", "blocked", "review", "execute_action", "continue"])
      expect(seen.get(key) ?? 0, key).toBeGreaterThan(0);
    for (const key of ["moved", "changed", "absent", "model"]) expect(seen.get(key) ?? 0, key).toBeGreaterThan(10);
    expect(seen.get("bound")).toBeGreaterThan(300);
  });

  it("is told apart from what happens under other terms, and from sessions that came later", async () => {
    const clock = manualClock("2026-03-02T00:00:00Z");
    const regraft = createRegraft({ store: memoryStore({ clock }), clock });
    const { v1 } = makeTriple(1);
    await regraft.publish(v1);
    await regraft.startSession({ scenarioId: v1.id, id: "early" });
    const predicted: Prediction[] = [];
    const v2 = { ...v1, version: 2 };
    await regraft.rehearse({ from: 1, to: v2 }, { onSession: (one) => void predicted.push(predictionOf(one)) });
    await regraft.startSession({ scenarioId: v1.id, id: "late" });
    const policies = { "*": { updateDownstream: false } };
    await regraft.deploy(await regraft.approve(await regraft.propose({ from: 1, to: v2, policies }), { by: "ana" }));
    const settled: SettledSession[] = [];
    for (const id of ["early", "late"]) {
      const before = await regraft.session(id);
      settled.push({ before, result: await regraft.reconcile(id) });
    }
    const report = comparePrediction(predicted, settled);
    expect(report).toMatchObject({ bound: 1, held: 0, others: [{ sessionId: "late", why: "new" }] });
    expect(report.broken).toMatchObject([
      { sessionId: "early", predicted: { action: "teleport" }, result: { action: "continue" } },
    ]);
    expect(Object.isFrozen(report.broken)).toBe(true);
  });

  it("counts a message that was answered twice as its first answer", async () => {
    const clock = manualClock("2026-03-02T00:00:00Z");
    const regraft = createRegraft({ store: memoryStore({ clock }), clock });
    const { v1 } = makeTriple(1);
    await regraft.publish(v1);
    await regraft.startSession({ scenarioId: v1.id, id: "s" });
    const predicted: Prediction[] = [];
    const plan = await regraft.propose({ from: 1, to: { ...v1, version: 2 } });
    await regraft.rehearse(plan, { onSession: (one) => void predicted.push(predictionOf(one)) });
    await regraft.deploy(await regraft.approve(plan, { by: "ana" }));
    const before = await regraft.session("s");
    await regraft.reconcile("s", { messageId: "m1" });
    const result = await regraft.reconcile("s", { messageId: "m1" });
    expect(result.reasons).toContain("MIGRATION.SETTLED");
    expect(comparePrediction(predicted, [{ before, result }])).toMatchObject({ bound: 1, held: 1 });
  });
});
