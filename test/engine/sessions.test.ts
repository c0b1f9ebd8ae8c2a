import { describe, expect, it } from "vitest";
import { bench, flow, walk } from "./helpers.js";

const v1 = flow(1, "A > Pay! > C");

describe("sessions", () => {
  it("start at the entry of the live version, once under their id", async () => {
    const { regraft } = bench();
    await expect(regraft.startSession({ scenarioId: "flow", id: "s1" })).rejects.toMatchObject({
      code: "SCENARIO.NOT_FOUND",
    });
    await regraft.publish(v1);
    const session = await regraft.startSession({
      scenarioId: "flow",
      id: "s1",
      channel: "web",
      customerId: "c1",
      variables: { a: 1 },
    });
    expect(session).toMatchObject({
      stepId: "A",
      scenarioVersion: 1,
      revision: 1,
      channel: "web",
      customerId: "c1",
      variables: { a: 1 },
    });
    await expect(regraft.startSession({ scenarioId: "flow", id: "s1" })).rejects.toMatchObject({
      code: "SESSION.EXISTS",
    });
    await expect(regraft.startSession({ scenarioId: "flow", id: "" })).rejects.toMatchObject({ code: "INPUT.INVALID" });
  });

  it("record visits with everything a later decision reads, and variables in the same write", async () => {
    const { regraft } = bench();
    await regraft.publish(v1);
    await walk(regraft, "s1", []);
    const session = await regraft.recordVisit("s1", "Pay", { version: 1, turn: 2, variables: { sum: 5 } });
    expect(session).toMatchObject({
      stepId: "Pay",
      revision: 2,
      variables: { sum: 5 },
      passedCheckpoints: [{ stepId: "Pay" }],
    });
    expect(session.stepHistory.at(-1)).toMatchObject({
      isCheckpoint: true,
      checkpointDescription: "Pay done",
      turn: 2,
    });
    await expect(regraft.recordVisit("s1", "Z", { version: 1 })).rejects.toMatchObject({
      code: "SESSION.STEP_UNKNOWN",
    });
    await expect(regraft.recordVisit("s1", "C", { version: 2 })).rejects.toMatchObject({
      code: "SESSION.VERSION_MOVED",
    });
  });

  it("do not lose any of many visits at once", async () => {
    const { regraft } = bench();
    await regraft.publish(v1);
    await walk(regraft, "s1", []);
    await Promise.all(
      Array.from({ length: 16 }, (_, at) =>
        regraft.recordVisit("s1", "C", { version: 1, variables: { [`v${at}`]: at } }),
      ),
    );
    const { stepHistory, variables, revision } = await regraft.session("s1");
    expect(stepHistory).toHaveLength(17);
    expect(Object.keys(variables)).toHaveLength(16);
    expect(revision).toBe(17);
  });

  it("change their status without becoming younger, and nothing once they are over", async () => {
    const { regraft, clock } = bench();
    await regraft.publish(v1);
    await walk(regraft, "s1", ["Pay"]);
    const { lastActivityAt } = await regraft.session("s1");
    clock.advance(1000);
    expect(await regraft.update("s1", { status: "idle" })).toMatchObject({ status: "idle", lastActivityAt });
    expect((await regraft.update("s1", { variables: { a: 1 } })).lastActivityAt).not.toBe(lastActivityAt);
    await regraft.update("s1", { status: "closed" });
    await expect(regraft.update("s1", { variables: { a: 2 } })).rejects.toMatchObject({ code: "SESSION.CLOSED" });
    await expect(regraft.recordVisit("s1", "C", { version: 1 })).rejects.toMatchObject({ code: "SESSION.CLOSED" });
    await expect(regraft.provide("s1", { tel: "1" })).rejects.toMatchObject({ code: "SESSION.CLOSED" });
    await expect(regraft.hold("s1", { by: "ana" })).rejects.toMatchObject({ code: "SESSION.CLOSED" });
    expect((await regraft.reconcile("s1")).reasons).toEqual(["SESSION.CLOSED"]);
  });

  it.each(["closed", "exited"] as const)("are never opened again once they are %s", async (over) => {
    const { regraft } = bench();
    await regraft.publish(v1);
    await walk(regraft, "s1", ["Pay"]);
    const before = await regraft.update("s1", { status: over });
    for (const status of ["active", "idle", "suspended", "closed", "exited"] as const) {
      await expect(regraft.update("s1", { status })).rejects.toMatchObject({
        code: "SESSION.CLOSED",
        details: { received: over },
      });
    }
    await expect(regraft.recordVisit("s1", "C", { version: 1 })).rejects.toMatchObject({ code: "SESSION.CLOSED" });
    expect(await regraft.session("s1")).toEqual(before);
  });

  it("keep variables of the host as they are, if they are JSON", async () => {
    const { regraft } = bench();
    await regraft.publish(flow(1, "A > N:email > C"));
    await walk(regraft, "s1", [], { variables: { email: 7 } });
    await regraft.recordVisit("s1", "N", { version: 1, variables: { email: "nobody" } });
    expect((await regraft.update("s1", { variables: { more: [null] } })).variables).toEqual({
      email: "nobody",
      more: [null],
    });
    await expect(regraft.update("s1", { variables: { more: 1n } })).rejects.toMatchObject({
      code: "INPUT.INVALID",
      details: { path: "/variables/more" },
    });
  });

  it.each([
    [undefined, "nothing"],
    [{}, "nothing"],
    [{ version: "1" }, '"1"'],
  ])("record no visit without the version it was made in (case %#)", async (input, received) => {
    const { regraft } = bench();
    await regraft.publish(v1);
    await walk(regraft, "s1", []);
    await expect(regraft.recordVisit("s1", "Pay", input as { version: number })).rejects.toMatchObject({
      code: "INPUT.INVALID",
      details: { path: "/version", expected: "a whole number", received },
    });
  });

  it("are taken over from elsewhere, checked", async () => {
    const { regraft } = bench();
    await regraft.publish(v1);
    await walk(regraft, "s1", ["Pay"]);
    const session = await regraft.session("s1");
    expect(await regraft.importSession({ ...session, id: "s2", revision: 9 })).toMatchObject({
      id: "s2",
      stepId: "Pay",
      revision: 1,
    });
    await expect(regraft.importSession(session)).rejects.toMatchObject({ code: "SESSION.EXISTS" });
    await expect(regraft.importSession({ ...session, id: "s3", stepId: "Z" })).rejects.toMatchObject({
      code: "SESSION.STEP_UNKNOWN",
    });
    await expect(regraft.importSession({ ...session, id: "s3", tenantId: "t1" })).rejects.toMatchObject({
      code: "TENANT.MISMATCH",
    });
    await expect(regraft.importSession({ ...session, id: "s3", scenarioVersion: 0 })).rejects.toMatchObject({
      code: "INPUT.INVALID",
      details: { path: "/scenarioVersion" },
    });
  });

  it("are served by the version they walk, whatever is live", async () => {
    const { regraft } = bench();
    await regraft.publish(v1);
    await walk(regraft, "s1", ["Pay"]);
    await regraft.publish(flow(2, "A > Pay! > C > D"));
    expect((await regraft.scenarioOf("s1")).version).toBe(1);
    expect((await regraft.startSession({ scenarioId: "flow", id: "s2" })).scenarioVersion).toBe(2);
  });
});
