import { describe, expect, it } from "vitest";
import type { Regraft } from "../../src/index.js";
import { bench, flow, roll, walk } from "./helpers.js";

const v1 = flow(1, "W > C");
const v2 = flow(2, "W > E:email > C");
const v3 = flow(3, "W > E:email > C > D");
const back = flow(3, "W > C > D");

async function started(regraft: Regraft, variables: Record<string, unknown> = {}) {
  await regraft.publish(v1);
  await walk(regraft, "s1", ["C"], { variables });
}

describe("several versions at once", () => {
  it("asks for what the last version needs, in one event", async () => {
    const { regraft, store } = bench();
    await started(regraft);
    const first = await roll(regraft, v1, v2);
    const second = await roll(regraft, v2, v3);
    expect(await regraft.reconcile("s1")).toMatchObject({
      action: "collect",
      fields: ["email"],
      audit: { planIds: [first.id, second.id] },
    });
    const result = await regraft.provide("s1", { email: "jo@x.example" });
    expect(result).toMatchObject({
      action: "teleport",
      position: { version: 3, stepId: "C" },
      audit: { fromVersion: 1, toVersion: 3, lineage: [2], planIds: [first.id, second.id] },
    });
    const { entries } = await store.read({ kind: "session", tenantId: "", id: "s1" }, { limit: 50 });
    expect(entries.filter(({ data }) => data.action === "teleport")).toHaveLength(1);
  });

  it("asks for nothing that a later version took back", async () => {
    const { regraft } = bench();
    await started(regraft);
    await roll(regraft, v1, v2);
    await roll(regraft, v2, back);
    expect(await regraft.reconcile("s1")).toMatchObject({
      action: "teleport",
      kind: "clean_graft",
      position: { version: 3 },
    });
  });

  it("follows plans that jump", async () => {
    const { regraft } = bench();
    await started(regraft);
    const jump = await roll(regraft, v1, v3);
    const last = await roll(regraft, v3, flow(4, "W > E:email > C > D > F"));
    expect((await regraft.reconcile("s1")).audit).toMatchObject({ toVersion: 4, planIds: [jump.id, last.id] });
  });

  it.each([
    ["first", { "*": { updateDownstream: false } }, {}],
    ["second", {}, { "*": { updateDownstream: false } }],
  ])("holds when the %s plan of the chain holds", async (_, first, second) => {
    const { regraft } = bench();
    await started(regraft);
    await roll(regraft, v1, v2, { policies: first });
    await roll(regraft, v2, v3, { policies: second });
    for (let message = 0; message < 2; message += 1) {
      expect(await regraft.reconcile("s1")).toMatchObject({
        action: "continue",
        reasons: ["POLICY.NOT_UPDATED"],
        position: { version: 1 },
      });
    }
    expect((await regraft.scenarioOf("s1")).version).toBe(1);
  });

  it("asks the policy of a later plan at the step where the session would stand in it", async () => {
    const { regraft } = bench();
    const renamed = {
      ...flow(2, "W2 > C2"),
      steps: [
        { id: "W2", name: "W" },
        { id: "C2", name: "C" },
      ],
    };
    await started(regraft);
    await walk(regraft, "s2", []);
    await roll(regraft, v1, renamed);
    const third = {
      ...flow(3, "W2 > C2 > D"),
      steps: [
        { id: "W2", name: "W" },
        { id: "C2", name: "C" },
        { id: "D", name: "D" },
      ],
    };
    await roll(regraft, renamed, third, {
      policies: { C2: { scope: { includeSteps: ["C2"], excludeSessions: ["s1"] } } },
    });
    expect(await regraft.reconcile("s1")).toMatchObject({ reasons: ["POLICY.OUT_OF_SCOPE"] });
    expect(await regraft.reconcile("s2")).toMatchObject({ action: "teleport", stepId: "W2" });
  });

  it("forces the kind by the last plan only", async () => {
    const { regraft } = bench();
    await started(regraft);
    await roll(regraft, v1, v2, { policies: { "*": { forceKind: "clean_graft" } } });
    await roll(regraft, v2, v3);
    expect(await regraft.reconcile("s1")).toMatchObject({ action: "collect", fields: ["email"] });
    await regraft.startSession({ scenarioId: "flow", id: "other" });
    const made = bench();
    await started(made.regraft);
    await roll(made.regraft, v1, v2);
    await roll(made.regraft, v2, v3, { policies: { "*": { forceKind: "clean_graft" } } });
    expect(await made.regraft.reconcile("s1")).toMatchObject({ action: "teleport", kind: "clean_graft" });
  });

  it("follows explicit mappings through the chain", async () => {
    const { regraft } = bench();
    await started(regraft);
    await roll(regraft, v1, flow(2, "W > X"), { mapping: { C: "X" } });
    await roll(regraft, flow(2, "W > X"), flow(3, "W > Y"), { mapping: { X: "Y" } });
    expect(await regraft.reconcile("s1")).toMatchObject({ action: "teleport", stepId: "Y", position: { version: 3 } });
  });
});

describe("each hop of a chain of four versions", () => {
  const versions = [
    flow(1, "W > C"),
    flow(2, "W > C > D"),
    flow(3, "W > E:email > C > D"),
    flow(4, "W > C > D > F"),
  ] as const;

  async function chained(hop: number, terms: object, others: object = {}) {
    const { regraft } = bench();
    await started(regraft);
    for (const [i, to] of versions.slice(1).entries())
      await roll(regraft, versions[i] ?? to, to, i === hop ? terms : others);
    return regraft.reconcile("s1");
  }

  it.each([0, 1, 2])("holds by its policy, its exclusion and its channel (hop %i)", async (hop) => {
    const holding = (policy: object) => chained(hop, { policies: { "*": policy } });
    const stays = { action: "continue", position: { version: 1 } };
    expect(await holding({ updateDownstream: false })).toMatchObject({ ...stays, reasons: ["POLICY.NOT_UPDATED"] });
    for (const scope of [{ excludeSessions: ["s1"] }, { includeChannels: ["phone"] }, { excludeSteps: ["C"] }])
      expect(await holding({ scope })).toMatchObject({ ...stays, reasons: ["POLICY.OUT_OF_SCOPE"] });
  });

  it.each([
    [0, false],
    [1, false],
    [2, true],
  ])("forces the kind only as the last one (hop %i: %s)", async (hop, isForced) => {
    const result = await chained(hop, { policies: { "*": { forceKind: "gap_fill" } } });
    expect(result).toMatchObject({ action: "teleport", position: { version: 4, stepId: "C" } });
    expect(result.reasons.includes("POLICY.FORCED")).toBe(isForced);
  });

  it.each([
    ["C", "F", "F"],
    ["C", "C", "C"],
  ])("composes its mapping with those of the others (%s to %s)", async (from, to, target) => {
    const result = await chained(2, { mapping: { [from]: to } });
    expect(result).toMatchObject({ action: "teleport", stepId: target, position: { version: 4 } });
  });
});

describe("content and the versions in between", () => {
  const named = (version: number, ways: string, names: Record<string, string>) => {
    const made = flow(version, ways);
    return { ...made, steps: made.steps.map((step) => ({ ...step, name: names[step.id] ?? step.id })) };
  };
  const one = named(1, "W > C > Z", { C: "Old words" });
  const two = named(2, "W > C > Z", { C: "New words" });
  const three = named(3, "W > C > N > Z", { C: "New words", N: "Old words" });

  it("leave it to a person where they disagree about the session's place", async () => {
    const { regraft } = bench();
    await regraft.publish(one);
    await walk(regraft, "s1", ["C"]);
    await walk(regraft, "s2", []);
    await roll(regraft, one, two);
    await roll(regraft, two, three);
    expect(await regraft.reconcile("s1")).toMatchObject({
      action: "review",
      reason: "MATCH.AMBIGUOUS",
      candidates: ["N", "C"],
      position: { version: 1 },
    });
    expect(await regraft.reconcile("s2")).toMatchObject({ action: "teleport", stepId: "W", kind: "clean_graft" });
  });

  it("agree again once the words are back where they were", async () => {
    const { regraft } = bench();
    await regraft.publish(one);
    await walk(regraft, "s1", ["C"]);
    await roll(regraft, one, two);
    await roll(regraft, two, named(3, "W > C > Z", { C: "Old words" }));
    expect(await regraft.reconcile("s1")).toMatchObject({ action: "teleport", stepId: "C", kind: "clean_graft" });
  });
});

describe("a version whose graph is gone", () => {
  const renamed = (version: number, id: string, more = "") => {
    const made = flow(version, `W > ${id}${more}`);
    return { ...made, steps: made.steps.map((step) => (step.id === id ? { ...step, name: `name ${version}` } : step)) };
  };

  /** An engine over a store that has lost some versions after they were rolled out. */
  async function lost(gone: readonly number[], versions: readonly ReturnType<typeof flow>[], terms: readonly object[]) {
    const first = bench();
    const [start] = versions;
    if (start === undefined) throw new Error("no version");
    await first.regraft.publish(start);
    await walk(first.regraft, "s1", [start.steps[1]?.id ?? ""]);
    for (const [i, to] of versions.slice(1).entries()) await roll(first.regraft, versions[i] ?? to, to, terms[i] ?? {});
    const store = {
      ...first.store,
      load: (...[subject, digest]: Parameters<typeof first.store.load>) =>
        subject.kind === "scenario" && gone.some((version) => subject.id === `flow@${version}`)
          ? Promise.resolve(undefined)
          : first.store.load(subject, digest),
    };
    return bench({}, () => store).regraft;
  }

  it.each([
    ["the one that the session walks", [1]],
    ["one in between", [2]],
    ["both", [1, 2]],
  ])("is replaced by the maps of the plans: %s", async (_, gone) => {
    const versions = [renamed(1, "C"), renamed(2, "X"), renamed(3, "Y")];
    const regraft = await lost(gone, versions, [{ mapping: { C: "X" } }, { mapping: { X: "Y" } }]);
    expect(await regraft.reconcile("s1")).toMatchObject({ action: "teleport", stepId: "Y", position: { version: 3 } });
  });

  it("keeps the holds of steps behind it", async () => {
    const versions = [renamed(1, "C"), renamed(2, "X"), renamed(3, "Y")];
    const hold = { X: { scope: { excludeSessions: ["s1"] } } };
    const terms = [{ mapping: { C: "X" } }, { mapping: { X: "Y" }, policies: hold }];
    const regraft = await lost([2], versions, terms);
    expect(await regraft.reconcile("s1")).toMatchObject({ action: "continue", reasons: ["POLICY.OUT_OF_SCOPE"] });
  });

  it("sends sessions to review where a plan only proposed the counterpart of their step", async () => {
    const versions = [flow(1, "W > C"), flow(2, "W > C^"), flow(3, "W > C^ > D")];
    const regraft = await lost([1], versions, []);
    expect(await regraft.reconcile("s1")).toMatchObject({ action: "review", reason: "MATCH.PROPOSED" });
  });
});

describe("missing plans", () => {
  it("fall back to the direct comparison, and say so", async () => {
    const { regraft } = bench();
    await started(regraft);
    await regraft.publish(v2);
    const result = await regraft.reconcile("s1");
    expect(result).toMatchObject({ action: "collect", fields: ["email"], audit: { planIds: [] } });
    expect(result.reasons).toContain("PLAN.FALLBACK");
  });

  it("break a chain, and say so", async () => {
    const { regraft } = bench();
    await started(regraft, { email: "jo@x.example" });
    await roll(regraft, v1, v2);
    await regraft.publish(v3);
    const result = await regraft.reconcile("s1");
    expect(result).toMatchObject({ action: "teleport", stepId: "C", position: { version: 3 } });
    expect(result.reasons).toContain("PLAN.CHAIN_BROKEN");
  });

  it("before a plan break it too, and that plan still holds whom it holds", async () => {
    const { regraft } = bench();
    await started(regraft, { email: "jo@x.example" });
    await walk(regraft, "s2", ["C"], { variables: { email: "jo@x.example" } });
    await regraft.publish(v2);
    await roll(regraft, v2, v3, { policies: { C: { scope: { excludeSessions: ["s2"] } } } });
    const result = await regraft.reconcile("s1");
    expect(result).toMatchObject({ action: "teleport", position: { version: 3 } });
    expect(result.reasons).toContain("PLAN.CHAIN_BROKEN");
    expect(await regraft.reconcile("s2")).toMatchObject({ action: "continue", reasons: ["POLICY.OUT_OF_SCOPE"] });
  });

  it("do not let a fallback touch whom an earlier plan holds", async () => {
    const { regraft } = bench();
    await started(regraft);
    await roll(regraft, v1, v2, { policies: { "*": { scope: { excludeSessions: ["s1"] } } } });
    await regraft.publish(v3);
    expect(await regraft.reconcile("s1")).toMatchObject({ action: "continue", reasons: ["POLICY.OUT_OF_SCOPE"] });
  });
});

describe("plans that are not deployed", () => {
  it.each(["pending", "approved", "rejected"])("hold the sessions of their versions when %s", async (status) => {
    const { regraft } = bench();
    await started(regraft);
    const plan = await regraft.propose({ from: v1, to: v2 });
    if (status === "approved") await regraft.approve(plan, { by: "ana" });
    if (status === "rejected") await regraft.reject(plan, { by: "ana" });
    await regraft.publish(v2);
    const reason = status === "rejected" ? "HOLD.REJECTED" : "HOLD.NOT_DEPLOYED";
    expect(await regraft.reconcile("s1")).toMatchObject({
      action: "continue",
      reasons: [reason],
      audit: { planIds: [] },
    });
  });

  it("let their sessions move once they are deployed after all", async () => {
    const { regraft } = bench();
    await started(regraft, { email: "jo@x.example" });
    const plan = await regraft.propose({ from: v1, to: v2 });
    await regraft.publish(v2);
    await regraft.reconcile("s1");
    await regraft.deploy(await regraft.approve(plan, { by: "ana" }));
    expect(await regraft.reconcile("s1")).toMatchObject({ action: "teleport", audit: { planIds: [plan.id] } });
    expect((await regraft.session("s1")).migration).toBeUndefined();
  });

  it("are no hops of a chain", async () => {
    const { regraft } = bench();
    await started(regraft, { email: "jo@x.example" });
    const plan = await regraft.propose({ from: v1, to: v2, mapping: { C: "E" } });
    await regraft.reject(plan, { by: "ana" });
    await regraft.publish(v2);
    await roll(regraft, v2, v3);
    expect(await regraft.reconcile("s1")).toMatchObject({ action: "teleport", stepId: "C", audit: { planIds: [] } });
  });
});

describe("a checkpoint passed versions ago", () => {
  it("is still known by the plans in between, also where its text was edited twice", async () => {
    const { regraft } = bench();
    const edit = (version: number, description: string) => {
      const made = flow(version, "W > Pay! > C", ...(version > 2 ? ["C > D"] : []));
      return { ...made, steps: made.steps.map((step) => (step.id === "Pay" ? { ...step, description } : step)) };
    };
    const [one, two, three] = [edit(1, "pay"), edit(2, "please pay"), edit(3, "pay now")];
    await regraft.publish(one);
    await walk(regraft, "s1", ["Pay", "C"]);
    await roll(regraft, one, two, { effects: { Pay: "same" } });
    expect(await regraft.reconcile("s1")).toMatchObject({ action: "teleport", position: { version: 2 } });
    await roll(regraft, two, three, { effects: { Pay: "same" } });
    expect(await regraft.reconcile("s1")).toMatchObject({ action: "teleport", position: { version: 3, stepId: "C" } });
  });
});
