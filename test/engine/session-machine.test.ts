import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type SessionMigrationEvent,
  type SessionMigrationStatus,
  sessionMigrationMachine,
} from "../../src/contracts/machine-tables.js";
import type { Plan, Regraft, Session } from "../../src/index.js";
import { isRegraftError } from "../../src/index.js";
import { bench, flow, walk } from "./helpers.js";

const v1 = flow(1, "A > B > C");
const targets = [
  flow(2, "A > E:email > B > C"),
  flow(2, "A > pay! > B > C"),
  flow(2, "A > X > B > C"),
  flow(2, "A > act^ > B > C"),
  flow(2, "A > B^ > C"),
];

/** Where a session stands in a migration, read from its document. */
function statusOf({ status, migration, pendingMigration }: Session): SessionMigrationStatus {
  if (status === "closed" || status === "exited") return "over";
  return migration?.state ?? (pendingMigration === undefined ? "none" : "marked");
}

const by = { by: "ana" };
const decided = ["move", "ask", "block", "refer", "hold", "exit"] as const;

/** What a host or an operator does, with the events of the table that it may be. */
const deeds: Record<string, readonly [readonly SessionMigrationEvent[], (r: Regraft, plan: Plan) => Promise<unknown>]> =
  {
    deploy: [["mark"], async (r, plan) => r.deploy(await r.approve(plan, by))],
    reconcile: [decided, (r) => r.reconcile("s1")],
    answer: [decided, (r) => r.provide("s1", { email: "a@example.org" })],
    complete: [decided, (r) => r.completeAction("s1", "act", by)],
    keep: [decided, (r) => r.resolve("s1", { hold: true }, by)],
    choose: [decided, (r) => r.resolve("s1", { choose: "C" }, by)],
    hold: [["hold"], (r) => r.hold("s1", by)],
    release: [["release", "ask"], (r) => r.release("s1", by)],
    unmark: [["unmark", "hold"], (r) => r.unmark({ sessionId: "s1" })],
    undo: [["undo"], (r) => r.undo("s1", by)],
    pause: [[], (r, plan) => r.pause(plan.id, by)],
    resume: [["mark"], (r, plan) => r.resume(plan.id, by)],
    rollback: [["unmark"], (r, plan) => r.rollback(plan.id, by)],
    close: [["close"], (r) => r.update("s1", { status: "closed" })],
  };

/** Whether the machine leads from one status to the other by one or two of the events, or nothing has changed. */
function allows(
  from: SessionMigrationStatus,
  to: SessionMigrationStatus,
  events: readonly SessionMigrationEvent[],
): boolean {
  const next = (state: SessionMigrationStatus) =>
    events.flatMap((event) => sessionMigrationMachine.next(state, event) ?? []);
  return from === to || next(from).includes(to) || next(from).some((state) => next(state).includes(to));
}

describe("table of a session's migration", () => {
  it("has every change that the engine makes, whatever is done in whatever order", async () => {
    const seen = new Set<string>();
    const names = fc.array(fc.constantFrom(...Object.keys(deeds)), { minLength: 3, maxLength: 9 });
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...targets), names, async (v2, list) => {
        const { regraft } = bench();
        await regraft.publish(v1);
        await walk(regraft, "s1", ["B"]);
        const plan = await regraft.propose({ from: v1, to: v2 });
        for (const name of ["deploy", ...list]) {
          const before = statusOf(await regraft.session("s1"));
          const [events, deed] = deeds[name] ?? [[], async () => undefined];
          try {
            await deed(regraft, plan);
          } catch (error) {
            if (!isRegraftError(error) || error.code === "INTERNAL.BUG") throw error;
          }
          const after = statusOf(await regraft.session("s1"));
          seen.add(after);
          expect(allows(before, after, events), `${name}: ${before} to ${after}`).toBe(true);
        }
      }),
      { seed: 11, numRuns: 120 },
    );
    expect([...seen].sort()).toEqual([...sessionMigrationMachine.states].sort());
  });
});
