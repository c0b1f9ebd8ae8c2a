import { describe, expect, it } from "vitest";
import type { FieldSource } from "../../src/index.js";
import { recordVisit, startSession } from "../../src/session/visits.js";
import { editScenario } from "../../src/testing/edits.js";
import { flow } from "../../src/testing/flow.js";
import { generateScenario } from "../../src/testing/generate.js";
import { rehearseAll } from "../../src/testing/rehearse-all.js";

const at = "2026-03-01T09:00:00Z";
const v1 = flow(1, "hello amount(amount) offer pay* thanks", "hello>amount; amount>offer; offer>pay; pay>thanks");
const fields = [
  { name: "amount", type: "number" as const },
  { name: "income", type: "number" as const, min: 0 },
  { name: "email", type: "email" as const },
];
const v2 = flow(
  2,
  "hello amount(amount) income(income) mail(email) offer refusal pay* thanks",
  "hello>amount; amount>income; income>mail[income > 1000]; income>refusal[else]; mail>offer; offer>pay; pay>thanks",
  { fields },
);

function walked(id: string, steps: readonly string[], variables: Record<string, unknown> = {}) {
  const start = startSession(v1, { id, at, variables });
  return steps.reduce((session, step) => recordVisit(session, v1, step, { at }), start);
}

const sessions = [
  walked("early", []),
  walked("asked", ["amount", "offer"], { amount: 5 }),
  walked("paid", ["amount", "offer", "pay", "thanks"], { amount: 5, income: 10 }),
];
const ids = (cases: readonly { session: { id: string } }[]) => cases.map(({ session }) => session.id);

describe("a rehearsal of given sessions", () => {
  it("finds those that a test asks for, with the whole session and its result", async () => {
    const report = await rehearseAll({ from: v1, to: v2, sessions, at });
    expect(report.totals).toMatchObject({ total: 3, byAction: { teleport: 1, collect: 1, blocked: 1 } });
    expect(ids(report.cases)).toEqual(["early", "asked", "paid"]);
    const [blocked, ...rest] = report.with("blocked", "review");
    expect(rest).toEqual([]);
    expect(blocked?.session).toEqual(sessions[2]);
    expect(blocked?.result).toMatchObject({ action: "blocked", reason: "CHECKPOINT.OFF_RUN" });
    expect(ids(report.with("teleport"))).toContain("early");
    expect(report.unproven()).toEqual([]);
  });

  it("follows the questions up to where the session ends, and counts each field once", async () => {
    for (const seed of [1, 2, 3, 4, 5, 6]) {
      const report = await rehearseAll({ from: v1, to: v2, sessions, at, seed });
      const [asked] = report.with("collect");
      if (asked?.last.action !== "teleport") throw new Error("it does not end");
      const expected = asked.last.stepId === "refusal" ? ["income"] : ["income", "email"];
      expect(asked.questions).toEqual(expected);
      expect(ids(report.askedMoreThan(0))).toEqual(["asked"]);
      expect(ids(report.askedMoreThan(1))).toEqual(expected.length > 1 ? ["asked"] : []);
      expect(report.askedMoreThan(2)).toEqual([]);
    }
  });

  it("goes both ways of the fork that the answers decide, by the seed", async () => {
    const targets = new Set<string>();
    for (let seed = 1; seed <= 12; seed += 1) {
      const { cases } = await rehearseAll({ from: v1, to: v2, sessions: sessions.slice(1, 2), at, seed });
      for (const { last } of cases) if (last.action === "teleport") targets.add(last.stepId);
    }
    expect([...targets].sort()).toEqual(["offer", "refusal"]);
  });

  it("takes the terms of a plan", async () => {
    const policies = { offer: { updateDownstream: false } };
    const { cases } = await rehearseAll({ from: v1, to: v2, sessions, at, policies, mapping: { thanks: "refusal" } });
    expect(cases.map(({ result }) => result.reasons[0])).toContain("POLICY.NOT_UPDATED");
    await expect(rehearseAll({ from: v1, to: v2, sessions, mapping: { nowhere: "offer" } })).rejects.toThrow(
      "PLAN.MAPPING_INVALID",
    );
  });

  it("asks the sources given, and offers what they are not sure of", async () => {
    const source: FieldSource = {
      name: "crm",
      kind: "profile",
      find: async () => [
        { field: "income", value: 5000, confidence: 1 },
        { field: "email", value: "jo@x.example", confidence: 0.9, quote: "jo" },
      ],
    };
    const given = { from: v1, to: v2, sessions: sessions.slice(1, 2), at, fieldSources: [source] };
    const { cases } = await rehearseAll(given);
    expect(cases[0]).toMatchObject({
      result: { action: "confirm", field: "email" },
      last: { action: "teleport", stepId: "offer" },
      questions: ["email"],
      problems: [],
    });
  });

  it("counts apart what only a judge decides, and asks the one given", async () => {
    const judged = flow(
      2,
      "hello amount(amount) offer pay* thanks",
      "hello>amount; amount>offer; offer>pay; pay>thanks",
    );
    const to = {
      ...judged,
      steps: [...judged.steps, { id: "fork", name: "Fork" }, { id: "calm", name: "Calm", collects: ["email"] }],
      transitions: [
        { from: "hello", to: "fork" },
        { from: "fork", to: "calm", conditionText: "is angry" },
        { from: "fork", to: "amount", else: true },
        { from: "calm", to: "amount" },
        ...judged.transitions.filter(({ from }) => from !== "hello"),
      ],
    };
    const asked = { from: v1, to, sessions: sessions.slice(1, 2), at };
    const open = await rehearseAll(asked);
    expect([ids(open.with("unknown")), ids(open.with("collect", "teleport", "review"))]).toEqual([["asked"], []]);
    const told = await rehearseAll({ ...asked, judge: { judge: async () => false } });
    expect([ids(told.with("unknown")), ids(told.with("teleport"))]).toEqual([[], ["asked"]]);
    expect(told.unproven()).toEqual([]);
  });
});

describe("a rehearsal of made-up sessions", () => {
  it("is the same for the same seed and another for another", async () => {
    const input = { from: v1, to: v2, count: 20, seed: 5 };
    const shown = async (seed: number) => JSON.stringify(await rehearseAll({ ...input, seed }));
    expect(await shown(5)).toBe(await shown(5));
    expect(await shown(5)).not.toBe(await shown(6));
  });

  it("proves every move over generated flows, also of people who jump", async () => {
    let moves = 0;
    for (let seed = 1; seed <= 40; seed += 1) {
      const from = generateScenario({ seed });
      const { scenario: to } = editScenario(from, { seed: seed + 500, version: 2 });
      const report = await rehearseAll({ from, to, seed, count: 10, walk: { jumpRate: 0.2, repeatRate: 0.1 } });
      expect(report.unproven()).toEqual([]);
      moves += report.with("teleport").length;
    }
    expect(moves).toBeGreaterThan(200);
  });

  it("makes a hundred of them where nobody says how many", async () => {
    expect((await rehearseAll({ from: v1, to: v2 })).totals.total).toBe(100);
  });
});
