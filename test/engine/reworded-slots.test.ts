import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type DataChange, defineScenario, missingFields, type Scenario } from "../../src/index.js";
import { bench, roll, walk } from "./helpers.js";

const fixture = new URL("fixtures/reworded-slots.cc-by-sa.json", import.meta.url);
const { services } = JSON.parse(readFileSync(fixture, "utf8")) as {
  readonly services: Readonly<Record<string, readonly (readonly string[])[]>>;
};

/** A flow that asks one slot a step and calls the service then. */
function service(version: number, slots: readonly string[]): Scenario {
  const asking = slots.map((slot, i) => ({ id: `ask-${i}`, name: `Ask ${i}`, collects: [slot] }));
  const steps = [{ id: "start", name: "Start" }, ...asking, { id: "call", name: "Call" }];
  const transitions = steps.slice(1).map(({ id }, i) => ({ from: steps[i]?.id ?? "", to: id }));
  const fields = slots.map((name) => ({ name, type: "string" as const }));
  return defineScenario({ id: "flow", version, entry: "start", steps, transitions, fields });
}

const renames = (before: readonly string[], after: readonly string[]): DataChange[] =>
  before.flatMap((from, i) => {
    const to = after[i] ?? from;
    return from === to ? [] : [{ op: "rename" as const, from, to }];
  });

/** A session that has given every slot of the first wording. */
async function answered(slots: readonly string[]) {
  const made = bench();
  await made.regraft.publish(service(1, slots));
  const variables = Object.fromEntries(slots.map((slot, i) => [slot, `value ${i}`]));
  await walk(made.regraft, "s1", [...slots.map((_, i) => `ask-${i}`), "call"], { variables });
  return made;
}

describe.each(Object.entries(services))("the slots of %s, reworded", (_, wordings) => {
  const [first = []] = wordings;

  it("are asked again without a rename, where the wording differs", async () => {
    const { regraft } = await answered(first);
    const last = wordings.at(-1) ?? [];
    await roll(regraft, service(1, first), service(2, last));
    const session = await regraft.session("s1");
    const result = await regraft.reconcile("s1");
    const changed = last.filter((slot) => !first.includes(slot));
    expect(result.action === "collect" ? result.fields : []).toEqual(changed);
    expect(missingFields(session, service(2, last), { from: service(1, first) }).person).toEqual(changed);
  });

  it("are never asked again with one, over one version and over all of them at once", async () => {
    for (const [i, slots] of wordings.entries()) {
      const { regraft } = await answered(first);
      await roll(regraft, service(1, first), service(2, slots), { data: renames(first, slots) });
      expect(await regraft.reconcile("s1"), `wording ${i}`).toMatchObject({ action: "teleport", stepId: "call" });
    }
    const { regraft } = await answered(first);
    const session = await regraft.session("s1");
    const plans = [];
    for (const [i, slots] of wordings.slice(1).entries()) {
      const before = wordings[i] ?? [];
      plans.push(await roll(regraft, service(i + 1, before), service(i + 2, slots), { data: renames(before, slots) }));
    }
    const to = service(wordings.length, wordings.at(-1) ?? []);
    expect(missingFields(session, to, { from: service(1, first), plans }).person).toEqual([]);
    expect(await regraft.reconcile("s1")).toMatchObject({ action: "teleport", version: wordings.length });
    const { variables, lineage = {} } = await regraft.session("s1");
    const last = wordings.at(-1) ?? [];
    expect(variables).toEqual(Object.fromEntries(last.map((slot, i) => [slot, `value ${i}`])));
    for (const [i, slot] of last.entries())
      if (slot !== first[i]) expect(lineage[slot]?.changes?.at(0)?.from).toBe(first[i]);
  });
});
