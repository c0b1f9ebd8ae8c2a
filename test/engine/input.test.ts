import { describe, expect, it } from "vitest";
import type { Plan, Session } from "../../src/index.js";
import { bench, flow, roll, walk } from "./helpers.js";

const v1 = flow(1, "A > B > C");
const v2 = flow(2, "A > N:email > B > C");
const cycle: Record<string, unknown> = {};
cycle.self = cycle;

async function walking() {
  const made = bench();
  await made.regraft.publish(v1);
  await walk(made.regraft, "s1", ["B"]);
  return made;
}

describe("a tenant", () => {
  it.each([undefined, null, 7, {}, "x".repeat(513)])("is named by a text (case %#)", (tenantId) => {
    const { regraft } = bench();
    expect(() => regraft.forTenant(tenantId as string)).toThrow(
      expect.objectContaining({ code: "INPUT.INVALID", details: expect.objectContaining({ path: "/tenantId" }) }),
    );
  });

  it("is the only one in which its engine starts sessions", async () => {
    const { regraft } = bench();
    const acme = regraft.forTenant("acme");
    await acme.publish(v1);
    const input = { scenarioId: "flow", id: "s1", tenantId: "other", stepId: "C" };
    expect(await acme.startSession(input)).toMatchObject({ tenantId: "acme", stepId: "A" });
  });
});

describe("variables", () => {
  it.each([
    [{ x: 1n }, "/variables/x"],
    [{ x: () => 1 }, "/variables/x"],
    [{ x: new Map() }, "/variables/x"],
    [{ x: cycle }, "/variables/x/self"],
    [{ x: ["cut off \ud83d"] }, "/variables/x/0"],
    ["text", "/variables"],
    [[1], "/variables"],
    [new Map(), "/variables"],
    [null, "/variables"],
  ])("are a JSON object (case %#)", async (value, path) => {
    const { regraft } = await walking();
    const variables = value as Session["variables"];
    const refusal = { code: "INPUT.INVALID", details: { path } };
    await expect(regraft.update("s1", { variables })).rejects.toMatchObject(refusal);
    await expect(regraft.recordVisit("s1", "C", { version: 1, variables })).rejects.toMatchObject(refusal);
    await expect(regraft.startSession({ scenarioId: "flow", id: "s2", variables })).rejects.toMatchObject(refusal);
  });
});

describe("input of another kind", () => {
  it("is refused by name", async () => {
    const { regraft } = await walking();
    await roll(regraft, v1, v2);
    const refusal = { code: "INPUT.INVALID" };
    await expect(regraft.provide("s1", null as never)).rejects.toMatchObject(refusal);
    await expect(regraft.provide("s1", { email: cycle })).rejects.toMatchObject(refusal);
    await expect(regraft.reconcile("s1", { messageId: null as never })).rejects.toMatchObject(refusal);
    await expect(regraft.reconcile("s1", null as never)).rejects.toMatchObject(refusal);
    await expect(regraft.update("s1", null as never)).rejects.toMatchObject(refusal);
    await expect(regraft.startSession(null as never)).rejects.toMatchObject(refusal);
    await expect(regraft.deploy(undefined as never)).rejects.toMatchObject(refusal);
  });

  it.each(["garbage", "2099-02-31T00:00:00Z", 7])("is no time at which a plan expires (case %#)", async (expiresAt) => {
    const { regraft } = await walking();
    await expect(regraft.propose({ from: v1, to: v2, expiresAt: expiresAt as string })).rejects.toMatchObject({
      code: "INPUT.INVALID",
      details: { path: "/expiresAt" },
    });
  });

  it("does not stand for the plan that is approved", async () => {
    const { regraft } = await walking();
    const { id } = await regraft.propose({ from: v1, to: v2 });
    await expect(regraft.approve(id as unknown as Plan, { by: "ana" })).rejects.toMatchObject({
      code: "INPUT.INVALID",
      details: { path: "/plan" },
    });
  });
});
