import { describe, expect, it } from "vitest";
import { createRegraft } from "../../src/index.js";
import { memoryStore } from "../../src/stores/memory.js";
import { manualClock } from "../../src/testing/clock.js";
import { faultyStore, type StoreCall } from "../../src/testing/faulty-store.js";
import { sequentialIds } from "../../src/testing/ids.js";
import { bench, flow, roll, walk } from "./helpers.js";

const v1 = flow(1, "A > B > C");
const v2 = flow(2, "A > X > B > C");
const v3 = flow(3, "A > Y > B > C");

type Rival = (call: StoreCall) => Promise<void>;

/** The store as one that cannot read a session and pointers together. */
function apart<S extends object>(store: S): S {
  return Object.defineProperty(Object.create(store), "getWith", { value: undefined });
}

/** An engine in whose calls a rival over the same store may slip in. */
function contested(restricted: <S extends object>(store: S) => S = (store) => store) {
  const slot: { rival?: Rival | undefined } = {};
  const config = { requireApproval: false, markPageSize: 1 };
  const made = bench({ config }, (store) =>
    restricted(faultyStore(store, { onCall: async (call) => slot.rival?.(call) })),
  );
  const rival = createRegraft({ store: made.store, clock: made.clock, config, ids: { next: (p) => `${p}-rival` } });
  /** Does something once, before the first call that fits. */
  const slipIn = (fits: (call: StoreCall) => boolean, act: () => Promise<unknown>) => {
    slot.rival = async (call) => {
      if (!fits(call)) return;
      slot.rival = undefined;
      await act();
    };
  };
  return { ...made, rival, slipIn };
}

describe("a proposal that supersedes a plan while it is deployed", () => {
  it("leaves nothing published and moves nobody, whenever it comes", async () => {
    for (let n = 1; n < 60; n += 1) {
      const { regraft, rival, slipIn } = contested();
      await regraft.publish(v1);
      await walk(regraft, "s1", ["B"]);
      const plan = await regraft.propose({ from: v1, to: v2, policies: { "*": { updateDownstream: false } } });
      let count = 0;
      let proposed = false;
      slipIn(
        () => ++count === n,
        () =>
          rival.propose({ from: v1, to: v3 }).then(
            () => (proposed = true),
            () => undefined,
          ),
      );
      const ended = await regraft.deploy(plan).catch(() => undefined);
      const name = `before call ${n}`;
      expect((await regraft.plans.get(plan.id))?.status, name).toBe(ended === undefined ? "superseded" : "deployed");
      expect(await regraft.liveVersion("flow"), name).toBe(ended === undefined ? 1 : 2);
      expect((await regraft.reconcile("s1")).action, name).toBe("continue");
      if (!proposed && count < n) return;
    }
  });
});

describe("a version that takes the number of a plan's new version", () => {
  it("ends the plan, and its sessions stay", async () => {
    const { regraft, rival, slipIn } = contested();
    await regraft.publish(v1);
    await walk(regraft, "s1", ["B"]);
    const plan = await regraft.propose({ from: v1, to: v2 });
    let deployed = false;
    slipIn(
      ({ method, args }) => {
        const was = deployed;
        deployed ||= method === "append" && JSON.stringify(args).includes("plan.deployed");
        return was && method === "load";
      },
      () => rival.publish(flow(2, "A > Z > B > C")),
    );
    await expect(regraft.deploy(plan)).rejects.toMatchObject({ code: "PLAN.STALE" });
    expect((await regraft.plans.get(plan.id))?.status).toBe("rolled_back");
    expect(await regraft.reconcile("s1")).toMatchObject({ action: "continue", reasons: ["HOLD.ROLLED_BACK"] });
  });
});

describe("a plan that is stopped", () => {
  const stops = ["pause", "rollback"] as const;
  const stands = { action: "continue", position: { version: 1 } };

  it.each(stops)("by %s while a session is decided about moves it no more", async (stop) => {
    const { regraft, rival, slipIn } = contested();
    await regraft.publish(v1);
    await walk(regraft, "s1", ["B"]);
    const plan = await roll(regraft, v1, v2);
    slipIn(
      ({ method }) => method === "commit",
      () => rival[stop](plan, { by: "ana" }),
    );
    expect(await regraft.reconcile("s1")).toMatchObject(stands);
  });

  it.each(stops)("by %s moves a session no more where the store does not read it with the plan", async (stop) => {
    const { regraft, rival, slipIn } = contested(apart);
    await regraft.publish(v1);
    await walk(regraft, "s1", ["B"]);
    const plan = await roll(regraft, v1, v2);
    const isLoad = ({ method, args }: StoreCall) => method === "load" && JSON.stringify(args).includes(plan.id);
    let loads = 0;
    slipIn(
      (call) => isLoad(call) && ++loads === 2,
      () => rival[stop](plan, { by: "ana" }),
    );
    expect(await regraft.reconcile("s1")).toMatchObject(stands);
  });

  it("by a rollback while it marks leaves no marks", async () => {
    const { regraft, rival, slipIn } = contested();
    await regraft.publish(v1);
    for (const id of ["s1", "s2", "s3"]) await walk(regraft, id, ["B"]);
    const plan = await regraft.propose({ from: v1, to: v2 });
    let marks = 0;
    slipIn(
      ({ method }) => method === "mark" && ++marks === 2,
      () => rival.rollback(plan, { by: "ana" }),
    );
    expect((await regraft.deploy(plan)).status).toBe("rolled_back");
    for (const id of ["s1", "s2", "s3"]) expect((await regraft.session(id)).pendingMigration).toBeUndefined();
  });
});

describe("a message id that was used long ago", () => {
  it("returns what it was settled with", async () => {
    const { regraft, store } = bench();
    await regraft.publish(v1);
    await walk(regraft, "s1", ["B"]);
    await roll(regraft, v1, flow(2, "A > N:email > B > C"));
    await regraft.reconcile("s1", { messageId: "m1" });
    await store.append(
      { kind: "session", tenantId: "", id: "s1" },
      Array.from({ length: 500 }, () => ({ type: "host.note", at: "2026-03-01T09:00:00.000Z", data: {} })),
    );
    await regraft.update("s1", { variables: { note: 1 } });
    await regraft.provide("s1", { email: "jo@x.example" }, { messageId: "m2" });
    await roll(regraft, flow(2, "A > N:email > B > C"), flow(3, "A > N:email > M:phone > B > C"));
    const again = await regraft.reconcile("s1", { messageId: "m1" });
    expect(again).toMatchObject({
      action: "collect",
      fields: ["email"],
      reasons: expect.arrayContaining(["MIGRATION.SETTLED"]),
    });
  });

  it("returns what it was settled with, also where the ledger in a second store was away then", async () => {
    const clock = manualClock("2026-03-01T09:00:00Z");
    const [sessions, kept] = [memoryStore({ clock }), memoryStore({ clock })];
    let armed = false;
    const records = faultyStore(kept, {
      failOn: ({ method, args: [subject] }) => {
        const isSession = method === "append" && (subject as { kind: string }).kind === "session";
        return armed && isSession ? "before" : undefined;
      },
    });
    const regraft = createRegraft({ sessions, records, clock, ids: sequentialIds() });
    await regraft.publish(v1);
    await walk(regraft, "s1", ["B"]);
    await roll(regraft, v1, v2);
    armed = true;
    const first = await regraft.reconcile("s1", { messageId: "m1" });
    armed = false;
    await roll(regraft, v2, v3);
    const again = await regraft.reconcile("s1", { messageId: "m1" });
    expect(again).toEqual({ ...first, reasons: [...first.reasons, "MIGRATION.SETTLED"] });
  });
});
