import { describe, expect, it } from "vitest";
import { createRegraft, type Regraft } from "../../src/index.js";
import { faultyStore } from "../../src/testing/faulty-store.js";
import { bench, flow, roll, walk } from "./helpers.js";

const v1 = flow(1, "A > B > C");
const asking = flow(2, "A > N:email > B > C");

interface Situation {
  readonly name: string;
  /** What is in place before the call that crashes. */
  readonly given: (regraft: Regraft) => Promise<void>;
  readonly call: (regraft: Regraft) => Promise<unknown>;
  /** Errors with which repeating the call says that it had been done. */
  readonly doneAlready?: readonly string[];
  readonly after: (regraft: Regraft, name: string) => Promise<void>;
}

async function walking(regraft: Regraft): Promise<void> {
  await regraft.publish(v1);
  await walk(regraft, "s1", ["B", "C"]);
}

async function asked(regraft: Regraft): Promise<void> {
  await walking(regraft);
  await roll(regraft, v1, asking);
  await regraft.reconcile("s1", { messageId: "m0" });
}

async function expectMovedOnce(regraft: Regraft, name: string): Promise<void> {
  const session = await regraft.session("s1");
  expect(session, name).toMatchObject({ scenarioVersion: 2, stepId: "C", variables: { email: "jo@x.example" } });
  expect(
    session.stepHistory.filter(({ reason }) => reason === "graft"),
    name,
  ).toHaveLength(1);
  expect(session.pendingMigration, name).toBeUndefined();
  expect(session.migration, name).toBeUndefined();
}

const situations: readonly Situation[] = [
  {
    name: "publish",
    given: async () => {},
    call: (regraft) => regraft.publish(v1),
    after: async (regraft, name) => {
      expect(await regraft.liveVersion("flow"), name).toBe(1);
      expect(await regraft.versions("flow"), name).toEqual([1]);
    },
  },
  {
    name: "propose",
    given: walking,
    call: (regraft) => regraft.propose({ from: v1, to: asking }),
    doneAlready: ["PLAN.DUPLICATE"],
    after: async (regraft, name) => {
      const { plans, total } = await regraft.plans.list();
      expect(total, name).toBe(1);
      expect(plans[0]?.status, name).toBe("pending");
      await expect(regraft.propose({ from: v1, to: asking }), name).rejects.toMatchObject({ code: "PLAN.DUPLICATE" });
      const deployed = await regraft.deploy(await regraft.approve(plans[0]!, { by: "ana" }));
      expect(deployed.status, name).toBe("deployed");
    },
  },
  {
    name: "approve",
    given: async (regraft) => {
      await walking(regraft);
      await regraft.propose({ from: v1, to: asking });
    },
    call: async (regraft) => {
      const plan = await regraft.plans.byVersions("flow", 1, 2);
      return regraft.approve(plan!, { by: "ana" });
    },
    doneAlready: ["PLAN.NOT_PENDING"],
    after: async (regraft, name) => {
      expect((await regraft.plans.byVersions("flow", 1, 2))?.status, name).toBe("approved");
    },
  },
  {
    name: "reconcile to a question",
    given: async (regraft) => {
      await walking(regraft);
      await roll(regraft, v1, asking);
    },
    call: (regraft) => regraft.reconcile("s1", { messageId: "m1" }),
    after: async (regraft, name) => {
      expect(await regraft.session("s1"), name).toMatchObject({
        scenarioVersion: 1,
        stepId: "C",
        migration: { state: "awaiting" },
      });
    },
  },
  {
    name: "reconcile to a move",
    given: async (regraft) => {
      await walking(regraft);
      await regraft.update("s1", { variables: { email: "jo@x.example" } });
      await roll(regraft, v1, asking);
    },
    call: (regraft) => regraft.reconcile("s1", { messageId: "m1" }),
    after: async (regraft, name) => {
      expect((await regraft.reconcile("s1", { messageId: "m1" })).action, name).toBe("teleport");
      await expectMovedOnce(regraft, name);
    },
  },
  {
    name: "provide",
    given: asked,
    call: (regraft) => regraft.provide("s1", { email: "jo@x.example" }, { messageId: "m1" }),
    after: expectMovedOnce,
  },
  {
    name: "rollback",
    given: asked,
    call: (regraft) => regraft.rollback("plan-1", { by: "ana" }),
    after: async (regraft, name) => {
      expect((await regraft.session("s1")).pendingMigration, name).toBeUndefined();
      expect(await regraft.reconcile("s1"), name).toMatchObject({ action: "continue", reasons: ["HOLD.ROLLED_BACK"] });
    },
  },
];

describe("a store that fails at any of its calls", () => {
  it.each(situations)("leaves nothing half done in $name: the call can be repeated", async ({
    name,
    given,
    call,
    doneAlready = [],
    after,
  }) => {
    const seen: { method: string; n: number }[] = [];
    const dry = bench();
    await given(dry.regraft);
    const spied = faultyStore(dry.store, { onCall: ({ method, n }) => void seen.push({ method, n }) });
    await call(createRegraft({ store: spied, clock: dry.clock }));
    expect(seen.length).toBeGreaterThan(2);
    for (const point of seen) {
      for (const moment of ["before", "after"] as const) {
        const made = bench();
        await given(made.regraft);
        const store = faultyStore(made.store, {
          failOn: ({ method, n }) => (method === point.method && n === point.n ? moment : undefined),
        });
        const at = `${name}: ${point.method} ${point.n} ${moment}`;
        const first = await call(createRegraft({ store, clock: made.clock })).catch(
          (error: { code: string }) => error.code,
        );
        if (typeof first === "string") expect(first, at).toBe("STORE.UNAVAILABLE");
        made.clock.advance(1000);
        const regraft = createRegraft({ store: made.store, clock: made.clock });
        const again = await call(regraft).catch((error: { code: string }) => error.code);
        if (typeof again === "string") expect(doneAlready, at).toContain(again);
        await after(regraft, at);
      }
    }
  });
});

describe("a turn that slips in before any call of the store", () => {
  const turn = (regraft: Regraft) => regraft.recordVisit("s1", "B", { version: 1, variables: { note: 1 } });
  const v2 = flow(2, "A > B > C > N");

  async function slipped(
    given: (regraft: Regraft) => Promise<unknown>,
    call: (regraft: Regraft) => Promise<unknown>,
    at: number,
  ) {
    const made = bench();
    await walking(made.regraft);
    await given(made.regraft);
    let calls = 0;
    let accepted: boolean | undefined;
    const store = faultyStore(made.store, {
      onCall: async () => {
        calls += 1;
        if (calls !== at) return;
        accepted = await turn(made.regraft).then(
          () => true,
          () => false,
        );
      },
    });
    await call(createRegraft({ store, clock: made.clock }));
    return { ...made, accepted };
  }

  it("survives a deployment, and the session then moves from where it stands", async () => {
    for (let at = 1; ; at += 1) {
      const given = async (regraft: Regraft) =>
        regraft.approve(await regraft.propose({ from: v1, to: v2 }), { by: "ana" });
      const { regraft, accepted } = await slipped(given, (engine) => engine.deploy("plan-1"), at);
      if (accepted === undefined) break;
      expect(accepted, String(at)).toBe(true);
      expect(await regraft.session("s1"), String(at)).toMatchObject({ stepId: "B", variables: { note: 1 } });
      expect(await regraft.reconcile("s1"), String(at)).toMatchObject({ action: "teleport", stepId: "B" });
    }
  });

  it("is either kept by a move or refused as too late, never lost", async () => {
    for (let at = 1; ; at += 1) {
      const { regraft, accepted } = await slipped(
        (engine) => roll(engine, v1, v2),
        (engine) => engine.reconcile("s1"),
        at,
      );
      if (accepted === undefined) break;
      const session = await regraft.session("s1");
      expect(session, String(at)).toMatchObject({ scenarioVersion: 2, stepId: accepted ? "B" : "C" });
      expect(session.variables, String(at)).toEqual(accepted ? { note: 1 } : {});
    }
  });
});
