import { PGlite } from "@electric-sql/pglite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ConfigurationInput } from "../../src/contracts/types.js";
import { createRegraft, type Regraft } from "../../src/index.js";
import { type PostgresClient, type PostgresStore, postgresStore } from "../../src/stores/postgres.js";
import { flow, roll, walk } from "../engine/helpers.js";

const v1 = flow(1, "A > B > C");
const v2 = flow(2, "A > X > B > C");
const asking = flow(2, "A > N:email > B > C");

describe("statements that PostgreSQL is sent", () => {
  let database: PGlite;
  let schemas = 0;
  beforeAll(async () => {
    database = await PGlite.create();
  });
  afterAll(() => database.close());

  /** An engine over a schema of its own, and how many statements a piece of work takes. */
  async function counted(config: ConfigurationInput = {}) {
    let sent = 0;
    const client: PostgresClient = {
      query: (text, params) => {
        sent += 1;
        return database.query(text, params);
      },
    };
    schemas += 1;
    const store: PostgresStore = postgresStore({ client, schema: `statements ${schemas}` });
    await store.setup();
    const regraft = createRegraft({ store, config });
    const statements = async (work: () => Promise<unknown>): Promise<number> => {
      const before = sent;
      await work();
      return sent - before;
    };
    return { store, regraft, statements };
  }

  /** Sessions s0, s1 ... on B of version 1, under a deployed plan; s0 has been reconciled, so that the engine knows the plan. */
  async function crowd(regraft: Regraft, count: number, to = v2) {
    await regraft.publish(v1);
    for (let n = 0; n <= count; n += 1) await walk(regraft, `s${n}`, ["B"]);
    const plan = await roll(regraft, v1, to);
    await regraft.reconcile("s0");
    return plan;
  }

  it("are two for a session that moves: one reads it with all that decides, one writes it with its ledger", async () => {
    const { regraft, statements } = await counted();
    await crowd(regraft, 2);
    for (const id of ["s1", "s2"]) {
      expect(await statements(async () => expect((await regraft.reconcile(id)).action).toBe("teleport"))).toBe(2);
    }
  });

  it("are one for a session that has nothing to do", async () => {
    const { regraft, statements } = await counted();
    await crowd(regraft, 1);
    await regraft.reconcile("s1");
    const work = async () => expect((await regraft.reconcile("s1")).reasons).toContain("MIGRATION.NOTHING_TO_DO");
    expect(await statements(work)).toBe(1);
  });

  it("are two where a question is put, and one where it is put again", async () => {
    const { regraft, statements } = await counted();
    await crowd(regraft, 1, asking);
    const work = async () => expect((await regraft.reconcile("s1")).action).toBe("collect");
    expect(await statements(work)).toBe(2);
    expect(await statements(work)).toBe(1);
  });

  it("are as many with a gate and with an authorizer, which decide about plans and calls and not about sessions", async () => {
    const { regraft, store, statements } = await counted();
    await crowd(regraft, 2);
    const authorizer = { authorize: () => ({ allowed: true, reason: "test" }) };
    const governed = createRegraft({ store, authorizer, gates: {} }).as({ principal: "ana" });
    await governed.reconcile("s1");
    expect(await statements(async () => expect((await governed.reconcile("s2")).action).toBe("teleport"))).toBe(2);
  });

  it("are two for each session that is drained, beside those of the page", async () => {
    const { regraft, statements } = await counted();
    await crowd(regraft, 9);
    const ofPage = await statements(() => regraft.drain({ sessionIds: [] }));
    const ofNine = await statements(async () => expect((await regraft.drain()).moved).toBe(9));
    expect(ofNine - ofPage).toBeLessThanOrEqual(2 * 9 + 1);
  });

  it("are no more than one for another plan, once: what has changed is read anew", async () => {
    const { regraft, statements } = await counted();
    const plan = await crowd(regraft, 3);
    await regraft.pause(plan, { by: "ana" });
    const work = async () => expect((await regraft.reconcile("s1")).reasons).toContain("HOLD.PAUSED");
    expect(await statements(work)).toBe(3);
    expect(await statements(work)).toBe(1);
    await regraft.resume(plan, { by: "ana" });
    expect(await statements(async () => expect((await regraft.reconcile("s2")).action).toBe("teleport"))).toBe(3);
    expect(await statements(async () => expect((await regraft.reconcile("s3")).action).toBe("teleport"))).toBe(2);
  });

  it("are one for each page that is marked, and no more than sixty for a deployment beside that", async () => {
    const deploying = async (markPageSize: number) => {
      const { regraft, statements } = await counted({ markPageSize });
      await regraft.publish(v1);
      for (let n = 0; n < 12; n += 1) await walk(regraft, `s${n}`, ["B"]);
      const plan = await regraft.approve(await regraft.propose({ from: v1, to: v2 }), { by: "ana" });
      return statements(async () => expect((await regraft.deploy(plan)).marking?.marked).toBe(12));
    };
    const [one, six] = [await deploying(12), await deploying(2)];
    expect(one).toBeLessThanOrEqual(60);
    expect(six - one).toBe(5);
  });
});
