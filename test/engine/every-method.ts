import type { Plan, Regraft, Session } from "../../src/index.js";

/** Members of the engine that only read, or make another engine. */
export const reading: readonly string[] = [
  "tenantId",
  "config",
  "forTenant",
  "as",
  "scenario",
  "versions",
  "liveVersion",
  "session",
  "scenarioOf",
  "plans.get",
  "plans.list",
  "plans.byVersions",
  "gate",
  "status",
  "rehearse",
  "marked",
  "planRetention",
  "legalHolds.list",
  "deadLetters.list",
  "deadLetters.get",
  "ledger.streams",
  "ledger.entries",
  "ledger.verify",
];

/** Names of all members of the engine; those of its parts with the part's name before them. */
export function memberNames(regraft: Regraft): string[] {
  return Object.entries(regraft).flatMap(([name, member]: [string, unknown]) =>
    typeof member === "object" && member !== null && name !== "config"
      ? Object.keys(member).map((inner) => `${name}.${inner}`)
      : [name],
  );
}

/** What a call is about. */
export interface Things {
  readonly plan: Plan;
  readonly session: Session;
}

type Call = (regraft: Regraft, things: Things) => Promise<unknown>;

const by = { by: "ana" };

/** A call of each method that changes something. */
export const mutations: Readonly<Record<string, Call>> = {
  publish: (r) => r.publish({ id: "other", version: 1, entry: "A", steps: [{ id: "A" }], transitions: [] }),
  startSession: (r) => r.startSession({ scenarioId: "flow", id: "new" }),
  importSession: (r, { session }) => r.importSession({ ...session, id: "imported" }),
  recordVisit: (r, { session }) => r.recordVisit(session.id, "C", { version: 1 }),
  update: (r, { session }) => r.update(session.id, { variables: { tel: "1" } }),
  propose: (r) => r.propose({ from: 1, to: 1, scenarioId: "flow", ...by }),
  amend: (r, { plan }) => r.amend(plan.id, { allowRepeat: [] }, by),
  approve: (r, { plan }) => r.approve(plan, by),
  reject: (r, { plan }) => r.reject(plan.id, by),
  deploy: (r, { plan }) => r.deploy(plan.id, by),
  pause: (r, { plan }) => r.pause(plan.id, by),
  resume: (r, { plan }) => r.resume(plan.id, by),
  promote: (r, { plan }) => r.promote(plan.id, by),
  rollback: (r, { plan }) => r.rollback(plan.id, by),
  proposeInverse: (r, { plan }) => r.proposeInverse(plan.id, by),
  unmark: (r, { plan }) => r.unmark(plan.id),
  hold: (r, { session }) => r.hold(session.id, by),
  release: (r, { session }) => r.release(session.id, by),
  undo: (r, { session }) => r.undo(session.id, by),
  reconcile: (r, { session }) => r.reconcile(session.id),
  provide: (r, { session }) => r.provide(session.id, { email: "a@example.org" }),
  confirm: (r, { session }) => r.confirm(session.id, { email: true }),
  completeAction: (r, { session }) => r.completeAction(session.id, "B", by),
  resolve: (r, { session }) => r.resolve(session.id, { hold: true }, by),
  deliver: (r) => r.deliver(),
  drain: (r) => r.drain(),
  applyRetention: async (r) => r.applyRetention(await r.planRetention(), by),
  "legalHolds.place": (r, { plan }) => r.legalHolds.place({ planId: plan.id }, { ...by, reason: "court" }),
  "ledger.seal": (r) => r.ledger.seal(),
  "ledger.shorten": (r) => r.ledger.shorten({ before: "2026-01-01T00:00:00.000Z", ...by }),
  eraseSession: (r, { session }) => r.eraseSession(session.id, { by: "ana", reason: "asked for" }),
  "deadLetters.retry": (r, { session }) => r.deadLetters.retry(session.id, by),
  "deadLetters.drop": (r, { session }) => r.deadLetters.drop(session.id, { ...by, reason: "of no use" }),
  "legalHolds.lift": (r, { plan }) => r.legalHolds.lift({ planId: plan.id }, by),
};
