import { describe, expect, it } from "vitest";
import { defineScenario } from "../../src/index.js";
import { bench, flow, roll, walk } from "../engine/helpers.js";

const v1 = flow(1, "A > B > C");
const named = (version: number, name: string, more: string) => {
  const { steps, ...rest } = flow(version, more);
  return defineScenario({
    ...rest,
    steps: steps.map((step) => (step.id === "C" ? { ...step, description: name } : step)),
  });
};

describe("tenants of one engine that share every id", () => {
  it("never see each other's versions, plans or decisions through what the engine remembers", async () => {
    const { regraft } = bench({ ids: { next: (prefix) => `${prefix}-1` } });
    const [one, two] = [regraft.forTenant("one"), regraft.forTenant("two")];
    const next = { one: named(2, "of one", "A > B > C"), two: named(2, "of two", "A > E:email > B > C") };
    for (const tenant of [one, two]) {
      await tenant.publish(v1);
      await walk(tenant, "s1", ["B"], { variables: { owner: tenant.tenantId } });
    }
    const plans = { one: await roll(one, v1, next.one), two: await roll(two, v1, next.two) };
    expect([plans.one.id, plans.one.tenantId, plans.two.tenantId]).toEqual([plans.two.id, "one", "two"]);
    for (let round = 0; round < 2; round += 1) {
      expect((await one.scenario("flow", 2)).steps.at(-1)?.description).toBe("of one");
      expect((await two.scenario("flow", 2)).steps.at(-1)?.description).toBe("of two");
      expect((await one.plans.get("plan-1"))?.digest).toBe(plans.one.digest);
      expect((await two.plans.get("plan-1"))?.digest).toBe(plans.two.digest);
    }
    expect((await two.reconcile("s1")).action).toBe("collect");
    expect((await one.reconcile("s1")).action).toBe("teleport");
    expect((await one.session("s1")).variables).toEqual({ owner: "one" });
    expect(await two.session("s1")).toMatchObject({ scenarioVersion: 1, variables: { owner: "two" } });
    const ledger = async (tenant: typeof one) => {
      const entries: unknown[] = [];
      for await (const entry of tenant.ledger.entries({ kind: "session", id: "s1" })) entries.push(entry);
      return JSON.stringify(entries);
    };
    expect(await ledger(one)).not.toContain('"two"');
    expect(await ledger(two)).not.toContain('"one"');
  });
});
