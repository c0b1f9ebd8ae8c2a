import { describe, expect, it } from "vitest";
import { createRegraft } from "../../src/index.js";
import { faultyStore } from "../../src/testing/faulty-store.js";
import { bench, flow, roll, walk } from "./helpers.js";

const v1 = flow(1, "A > B > C");
const v2 = flow(2, "A > B > N > C");
const v3 = flow(3, "A > M > B > N > C");
const ana = { by: "ana" };
const ids = ["still", "moved"];

/**
 * Three versions. The first one and its plan may go; `still` stands on the second one, and `moved` has come from there and can go back.
 */
async function world() {
  const made = bench();
  const { regraft, clock } = made;
  await regraft.publish(v1);
  await walk(regraft, "gone", ["B"]);
  await roll(regraft, v1, v2);
  await regraft.update("gone", { status: "closed" });
  for (const id of ids) {
    await regraft.startSession({ scenarioId: "flow", id });
    await regraft.recordVisit(id, "B", { version: 2 });
  }
  await roll(regraft, v2, v3);
  expect((await regraft.reconcile("moved")).action).toBe("teleport");
  clock.advance(90 * 86_400_000);
  return made;
}

/** Between these calls of the store lies all that retention decides and does. */
const moments = new Set(["scan", "append", "cas", "drop"]);

describe("what happens while retention is applied", () => {
  it("never leaves a session without what it needs: a move and an undo, before each of its calls", async () => {
    let calls = 0;
    for (let at = 1; at <= Math.max(1, calls); at += 1) {
      const { regraft, store, clock } = await world();
      const planned = await regraft.planRetention();
      let n = 0;
      const raced = createRegraft({
        clock,
        store: faultyStore(store, {
          onCall: async ({ method }) => {
            if (!moments.has(method)) return;
            n += 1;
            if (n !== at) return;
            const others = createRegraft({ store, clock });
            expect((await others.reconcile("still")).action).toBe("teleport");
            expect((await others.undo("moved", ana)).action).toBe("undone");
          },
        }),
      });
      const { dropped } = await raced.applyRetention(planned, ana);
      expect(dropped, `call ${at}`).toMatchObject([
        { kind: "plan", fromVersion: 1 },
        { kind: "version", version: 1 },
      ]);
      calls = n;
      const fresh = createRegraft({ store, clock });
      expect((await fresh.scenarioOf("moved")).version, `call ${at}`).toBe(2);
      expect((await fresh.scenarioOf("still")).version, `call ${at}`).toBe(3);
      await fresh.release("moved", ana);
      expect((await fresh.reconcile("moved")).action, `call ${at}`).toBe("teleport");
      for (const id of ids) expect((await fresh.undo(id, ana)).action, `${id}, call ${at}`).toBe("undone");
      expect((await fresh.ledger.verify()).ok, `call ${at}`).toBe(true);
    }
    expect(calls).toBeGreaterThan(10);
  });
});
