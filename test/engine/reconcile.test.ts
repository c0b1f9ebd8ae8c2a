import { describe, expect, it } from "vitest";
import { bench, flow, roll, walk } from "./helpers.js";

const v1 = flow(1, "A > B > C");
const below = flow(2, "A > B > C > N");
const gap = flow(2, "A > N:email > B > C");

describe("what starts an evaluation", () => {
  it("says that an unknown session is not found", async () => {
    const { regraft } = bench();
    await expect(regraft.reconcile("nobody")).rejects.toMatchObject({ code: "SESSION.NOT_FOUND" });
  });

  it("writes nothing for a session at home, however often", async () => {
    const { regraft } = bench();
    await regraft.publish(v1);
    await walk(regraft, "s1", ["B"]);
    const before = await regraft.session("s1");
    for (const messageId of ["m1", "m2"]) {
      const result = await regraft.reconcile("s1", { messageId });
      expect(result).toMatchObject({ action: "continue", reasons: ["MIGRATION.NOTHING_TO_DO"], pending: false });
    }
    expect(await regraft.session("s1")).toBe(before);
  });

  it("evaluates a late arrival without a mark by its checksum", async () => {
    const { regraft, store } = bench();
    await regraft.publish(v1);
    await walk(regraft, "other", ["B"]);
    const late = await regraft.session("other");
    await roll(regraft, v1, gap);
    await store.commit({ session: { ...late, id: "s1" }, expectedRevision: 0 });
    expect(await regraft.reconcile("s1")).toMatchObject({ action: "collect", fields: ["email"], pending: false });
  });

  it("moves a session to an equal version with another number", async () => {
    const { regraft } = bench();
    await regraft.publish(v1);
    await walk(regraft, "s1", ["B"]);
    await roll(regraft, v1, flow(2, "A > B > C"));
    expect(await regraft.reconcile("s1")).toMatchObject({
      action: "teleport",
      kind: "clean_graft",
      position: { version: 2 },
    });
  });

  it("decides by the place of the session, not by the place where it was marked", async () => {
    const { regraft } = bench();
    await regraft.publish(v1);
    await walk(regraft, "s1", ["B"]);
    await roll(regraft, v1, below);
    await regraft.recordVisit("s1", "C", { version: 1 });
    expect(await regraft.session("s1")).toMatchObject({ stepId: "C", pendingMigration: { stepId: "B" } });
    expect(await regraft.reconcile("s1")).toMatchObject({ action: "teleport", stepId: "C" });
  });

  it("refuses a late report about the version that was left", async () => {
    const { regraft } = bench();
    await regraft.publish(v1);
    await walk(regraft, "s1", ["B"]);
    await roll(regraft, v1, below);
    await regraft.reconcile("s1");
    await expect(regraft.recordVisit("s1", "C", { version: 1 })).rejects.toMatchObject({
      code: "SESSION.VERSION_MOVED",
    });
    expect((await regraft.recordVisit("s1", "C", { version: 2 })).stepId).toBe("C");
  });

  it("leaves suspended sessions marked and closed ones untouched", async () => {
    const { regraft } = bench();
    await regraft.publish(v1);
    for (const id of ["suspended", "closed", "idle"]) await walk(regraft, id, ["B"]);
    await regraft.update("idle", { status: "idle" });
    await regraft.update("suspended", { status: "suspended" });
    await regraft.update("closed", { status: "closed" });
    const plan = await roll(regraft, v1, below);
    expect(plan.marking).toMatchObject({ marked: 2, done: true });
    expect(await regraft.reconcile("suspended")).toMatchObject({
      action: "continue",
      reasons: ["SESSION.SUSPENDED"],
      pending: true,
    });
    expect(await regraft.reconcile("closed")).toMatchObject({
      action: "continue",
      reasons: ["SESSION.CLOSED"],
      pending: false,
    });
    expect(await regraft.reconcile("idle")).toMatchObject({ action: "teleport" });
    await regraft.update("suspended", { status: "active" });
    expect(await regraft.reconcile("suspended")).toMatchObject({ action: "teleport" });
  });

  it("leaves a session alone that walks a newer version than the live one", async () => {
    const { regraft, store } = bench();
    await regraft.publish(v1);
    await walk(regraft, "s1", ["B"]);
    const session = await regraft.session("s1");
    await store.commit({ session: { ...session, scenarioVersion: 7 }, expectedRevision: session.revision });
    expect(await regraft.reconcile("s1")).toMatchObject({
      action: "continue",
      reasons: ["MIGRATION.LIVE_VERSION_BEHIND"],
    });
  });

  it("takes a mark off that has no work left", async () => {
    const { regraft, store } = bench();
    await regraft.publish(v1);
    await walk(regraft, "s1", ["B"]);
    await store.mark(
      { tenantId: "" },
      { planId: "gone", targetVersion: 1, markedAt: "2026-03-01T09:00:00Z" },
      { limit: 9 },
    );
    expect(await regraft.reconcile("s1")).toMatchObject({
      action: "continue",
      reasons: ["MIGRATION.NOTHING_TO_DO"],
      pending: false,
    });
    expect((await regraft.session("s1")).pendingMigration).toBeUndefined();
  });

  it("evaluates a session whose graph is gone by the content of its visits", async () => {
    const { regraft, store } = bench();
    await regraft.publish(v1);
    await walk(regraft, "s1", ["B"]);
    const session = await regraft.session("s1");
    const scenarioChecksum = `r1:${"0".repeat(64)}`;
    await store.commit({ session: { ...session, scenarioChecksum }, expectedRevision: session.revision });
    const result = await regraft.reconcile("s1");
    expect(result).toMatchObject({ action: "teleport", stepId: "B", position: { version: 1, stepId: "B" } });
    expect(result.reasons).toContain("PLAN.FALLBACK");
    expect(await regraft.reconcile("s1")).toMatchObject({ reasons: ["MIGRATION.NOTHING_TO_DO"] });
  });
});

describe("messages", () => {
  it("gives the same message the same result without a second effect", async () => {
    const { regraft } = bench();
    await regraft.publish(v1);
    await walk(regraft, "s1", ["B"]);
    await roll(regraft, v1, below);
    const first = await regraft.reconcile("s1", { messageId: "m1" });
    const { revision } = await regraft.session("s1");
    const again = await regraft.reconcile("s1", { messageId: "m1" });
    expect(again).toEqual({ ...first, reasons: [...first.reasons, "MIGRATION.SETTLED"] });
    expect((await regraft.session("s1")).revision).toBe(revision);
    expect(await regraft.reconcile("s1", { messageId: "m2" })).toMatchObject({ action: "continue" });
  });

  it.each([
    undefined,
    "m1",
  ])("lets one of sixteen parallel calls move the session (message id %s)", async (messageId) => {
    const { regraft, store } = bench();
    await regraft.publish(v1);
    await walk(regraft, "s1", ["B"]);
    await roll(regraft, v1, below);
    const options = messageId === undefined ? {} : { messageId };
    const results = await Promise.all(Array.from({ length: 16 }, () => regraft.reconcile("s1", options)));
    const fresh = results.filter(
      ({ action, reasons }) => action === "teleport" && !reasons.includes("MIGRATION.SETTLED"),
    );
    expect(fresh).toHaveLength(1);
    const { entries } = await store.read({ kind: "session", tenantId: "", id: "s1" }, { limit: 50 });
    expect(entries.filter(({ type }) => type === "session.reconciled")).toHaveLength(1);
    expect((await regraft.session("s1")).stepHistory.filter(({ reason }) => reason === "graft")).toHaveLength(1);
  });

  it("never loses a turn that is written while the session is reconciled", async () => {
    const { regraft } = bench();
    await regraft.publish(v1);
    await walk(regraft, "s1", ["B"]);
    await roll(regraft, v1, below);
    await Promise.all([
      regraft.reconcile("s1"),
      regraft.update("s1", { variables: { note: 1 } }),
      regraft.update("s1", { variables: { other: 2 } }),
    ]);
    expect(await regraft.session("s1")).toMatchObject({ scenarioVersion: 2, variables: { note: 1, other: 2 } });
  });
});

describe("the id of a message", () => {
  it.each(["", "x".repeat(513)])("is a text of 1 to 512 characters (case %#)", async (messageId) => {
    const { regraft } = bench();
    await expect(regraft.reconcile("s1", { messageId })).rejects.toMatchObject({ code: "INPUT.INVALID" });
  });
});

describe("sessions that do not move", () => {
  it("holds a session out of scope, whole, for good, and off the mark", async () => {
    const { regraft } = bench();
    await regraft.publish(v1);
    await walk(regraft, "voice", ["B"], { channel: "voice" });
    await walk(regraft, "web", ["B"], { channel: "web" });
    const plan = await roll(regraft, v1, below, { policies: { "*": { scope: { excludeChannels: ["voice"] } } } });
    expect(plan.marking?.marked).toBe(1);
    for (let message = 0; message < 3; message += 1) {
      const result = await regraft.reconcile("voice");
      expect(result).toMatchObject({
        action: "continue",
        reasons: ["POLICY.OUT_OF_SCOPE"],
        position: { version: 1, stepId: "B" },
      });
    }
    expect((await regraft.scenarioOf("voice")).version).toBe(1);
    expect((await regraft.recordVisit("voice", "C", { version: 1 })).stepId).toBe("C");
    expect(await regraft.reconcile("web")).toMatchObject({ action: "teleport" });
  });

  it("holds where the plan does not update downstream, and writes that once", async () => {
    const { regraft } = bench();
    await regraft.publish(v1);
    await walk(regraft, "s1", ["B"]);
    await roll(regraft, v1, below, { policies: { B: { updateDownstream: false } } });
    await regraft.reconcile("s1");
    const { revision, migration } = await regraft.session("s1");
    expect(migration).toMatchObject({ state: "held", reason: "POLICY.NOT_UPDATED", toVersion: 2 });
    expect(await regraft.reconcile("s1")).toMatchObject({ action: "continue", reasons: ["POLICY.NOT_UPDATED"] });
    expect((await regraft.session("s1")).revision).toBe(revision);
    await regraft.recordVisit("s1", "C", { version: 1 });
    expect(await regraft.reconcile("s1")).toMatchObject({ action: "teleport", stepId: "C" });
  });

  it("blocks again at every message what would repeat a payment, and writes it once", async () => {
    const lines: string[] = [];
    const logger = {
      debug: () => {},
      info: () => {},
      error: () => {},
      warn: (f: object, m: string) => lines.push(`${m} ${JSON.stringify(f)}`),
    };
    const { regraft } = bench({ logger });
    const paid = flow(1, "W > Pay! > C");
    await regraft.publish(paid);
    await walk(regraft, "s1", ["Pay", "C"]);
    await roll(regraft, paid, flow(2, "W > C > Pay!"));
    for (let message = 0; message < 3; message += 1) {
      const result = await regraft.reconcile("s1");
      expect(result).toMatchObject({
        action: "blocked",
        reason: "CHECKPOINT.WOULD_REPEAT",
        pending: true,
        position: { version: 1, stepId: "C" },
      });
    }
    expect(await regraft.session("s1")).toMatchObject({
      revision: 4,
      scenarioVersion: 1,
      migration: { state: "blocked" },
    });
    expect(lines).toHaveLength(3);
    expect(lines[0]).toContain("Pay done");
  });

  it("exits a session of which nothing is left", async () => {
    const { regraft } = bench();
    await regraft.publish(v1);
    await walk(regraft, "s1", ["B"]);
    await roll(regraft, v1, flow(2, "X > Y"));
    expect(await regraft.reconcile("s1")).toMatchObject({ action: "exit_scenario", pending: false });
    expect(await regraft.session("s1")).toMatchObject({ status: "exited", scenarioVersion: 1 });
    expect(await regraft.reconcile("s1")).toMatchObject({ action: "continue", reasons: ["SESSION.CLOSED"] });
  });
});

describe("moves", () => {
  it("re-routes by a new decision, tells the person and records the visit", async () => {
    const { regraft } = bench();
    const old = flow(1, "W > C");
    await regraft.publish(old);
    await walk(regraft, "young", ["C"], { variables: { age: 16 } });
    await walk(regraft, "old", ["C"], { variables: { age: 18 } });
    await roll(regraft, old, flow(2, "W > Age:age", "Age > Rejected [age < 18]", "Age > C"));
    const result = await regraft.reconcile("young");
    expect(result).toMatchObject({ action: "teleport", kind: "re_route", stepId: "Rejected" });
    expect(result.action === "teleport" && result.userMessage).toContain("Rejected");
    expect((await regraft.session("young")).stepHistory.at(-1)).toMatchObject({
      stepId: "Rejected",
      reason: "re_route",
    });
    expect(await regraft.reconcile("old")).toMatchObject({ action: "teleport", stepId: "C" });
  });

  it("carries a checkpoint over from version to version as one passing", async () => {
    const { regraft } = bench();
    const versions = [flow(1, "W > Pay! > C"), flow(2, "W > Pay! > C > D"), flow(3, "W > Pay! > C > D > E")];
    const [first, second, third] = versions;
    await regraft.publish(first!);
    await walk(regraft, "s1", ["Pay"]);
    const { passedCheckpoints: before } = await regraft.session("s1");
    await roll(regraft, first!, second!);
    expect(await regraft.reconcile("s1")).toMatchObject({ action: "teleport", stepId: "Pay" });
    const moved = await regraft.session("s1");
    expect(moved.passedCheckpoints).toEqual([{ ...before[0], scenarioVersion: 2 }]);
    await roll(regraft, second!, third!);
    expect(await regraft.reconcile("s1")).toMatchObject({
      action: "teleport",
      stepId: "Pay",
      position: { version: 3 },
    });
    await regraft.recordVisit("s1", "C", { version: 3 });
    expect((await regraft.session("s1")).passedCheckpoints).toHaveLength(1);
  });

  it("does not take a step that was mapped onto a checkpoint for a payment", async () => {
    const { regraft } = bench();
    await regraft.publish(v1);
    await walk(regraft, "s1", ["B"]);
    await roll(regraft, v1, flow(2, "A > Pay! > C"), { mapping: { B: "Pay" } });
    expect(await regraft.reconcile("s1")).toMatchObject({ action: "teleport", stepId: "Pay" });
    const moved = await regraft.session("s1");
    expect(moved.passedCheckpoints).toEqual([]);
    expect(moved.stepHistory.at(-1)).toMatchObject({ stepId: "Pay", isCheckpoint: false });
  });

  it("changes the data in the same write as the move, and only then", async () => {
    const { regraft } = bench();
    await regraft.publish(v1);
    await walk(regraft, "s1", ["B", "C"], { variables: { mail: "jo@x.example", n: "7", gone: 1 } });
    const data = [
      { op: "rename", from: "mail", to: "email" },
      { op: "convert", field: "n", to: "number" },
      { op: "remove", field: "gone" },
      { op: "default", field: "lang", value: "en" },
    ];
    await roll(regraft, v1, gap, { data });
    expect((await regraft.session("s1")).variables).toEqual({ mail: "jo@x.example", n: "7", gone: 1 });
    expect(await regraft.reconcile("s1")).toMatchObject({ action: "teleport", stepId: "C" });
    expect((await regraft.session("s1")).variables).toEqual({ email: "jo@x.example", n: 7, lang: "en" });
  });

  it("asks again for what a rename brought in a form that does not count, and keeps the answer", async () => {
    const { regraft } = bench();
    await regraft.publish(v1);
    await walk(regraft, "s1", ["B", "C"], { variables: { mail: "none" } });
    await roll(regraft, v1, gap, { data: [{ op: "rename", from: "mail", to: "email" }] });
    expect(await regraft.reconcile("s1")).toMatchObject({ action: "collect", fields: ["email"] });
    expect(await regraft.provide("s1", { email: "jo@x.example" })).toMatchObject({ action: "teleport" });
    expect((await regraft.session("s1")).variables).toEqual({ email: "jo@x.example" });
  });

  it("forces the kind where the plan says so, and says that it did", async () => {
    const { regraft } = bench();
    await regraft.publish(v1);
    await walk(regraft, "s1", ["B", "C"]);
    await roll(regraft, v1, gap, { policies: { C: { forceKind: "clean_graft" } } });
    const result = await regraft.reconcile("s1");
    expect(result).toMatchObject({ action: "teleport", stepId: "C" });
    expect(result.reasons).toContain("POLICY.FORCED");
  });
});
