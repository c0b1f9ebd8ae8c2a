import { describe, expect, it } from "vitest";
import { defineScenario, type Scenario } from "../../src/index.js";
import { bench, roll, walk } from "./helpers.js";

const names = ["__proto__", "constructor", "toString"];

function chain(version: number, ids: readonly string[], collects: Readonly<Record<string, string[]>> = {}): Scenario {
  return defineScenario({
    id: "flow",
    version,
    entry: ids[0],
    steps: ids.map((id) => ({
      id,
      name: `step ${id}`,
      ...(Object.hasOwn(collects, id) ? { collects: collects[id] } : {}),
    })),
    transitions: ids.slice(1).map((to, at) => ({ from: ids[at], to })),
  });
}

describe.each(names)("the name %s", (name) => {
  it("of a step is counted like any other", async () => {
    const { regraft } = bench();
    const [from, to] = [chain(1, ["A", name, "C"]), chain(2, ["A", "X", name, "C"])];
    await regraft.publish(from);
    await walk(regraft, "s1", [name]);
    const { byStep } = await regraft.rehearse({ from, to });
    expect(Object.entries(byStep)).toEqual([[name, { teleport: 1 }]]);
    expect(Object.keys(Object.prototype)).toEqual([]);
    const plan = await regraft.approve(await regraft.propose({ from, to }), { by: "ana" });
    await walk(regraft, "s2", [name]);
    const { marking } = await regraft.deploy(plan);
    expect(Object.entries(marking?.drift ?? {})).toEqual([[name, 1]]);
    expect(await regraft.reconcile("s1")).toMatchObject({ action: "teleport", stepId: name });
  });

  it("of a field is asked, answered and changed like any other", async () => {
    const { regraft } = bench();
    const [from, to] = [chain(1, ["A", "B"]), chain(2, ["A", "N", "B"], { N: [name, "more"] })];
    await regraft.publish(from);
    await walk(regraft, "s1", ["B"]);
    await roll(regraft, from, to, { data: [{ op: "default", field: name, value: "kept" }] });
    expect(await regraft.reconcile("s1")).toMatchObject({ action: "collect", fields: ["more"] });
    await regraft.provide("s1", { more: "m" });
    expect(Object.entries((await regraft.session("s1")).variables)).toEqual([
      [name, "kept"],
      ["more", "m"],
    ]);
  });

  it("of a field is asked since a real time", async () => {
    const { regraft } = bench();
    const [from, to] = [chain(1, ["A", "B"]), chain(2, ["A", "N", "B"], { N: [name] })];
    await regraft.publish(from);
    await walk(regraft, "s1", ["B"]);
    const plan = await roll(regraft, from, to);
    await regraft.pause(plan, { by: "ana" });
    await regraft.reconcile("s1");
    await regraft.resume(plan, { by: "ana" });
    await regraft.reconcile("s1");
    const { migration } = await regraft.session("s1");
    expect(Object.entries(migration?.asked ?? {})).toEqual([[name, "2026-03-01T09:00:00.000Z"]]);
    await regraft.provide("s1", JSON.parse(`{"${name}":"given"}`) as Record<string, unknown>);
    expect(Object.entries((await regraft.session("s1")).variables)).toEqual([[name, "given"]]);
  });
});
