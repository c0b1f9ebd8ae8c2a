import type { Decision, Scenario, Session } from "../contracts/types.js";
import { createRegraft } from "../engine/regraft.js";
import type { Rehearsal } from "../engine/rehearse.js";
import { RegraftError } from "../errors.js";
import type { PlanTerms } from "../plan/build.js";
import { memoryStore } from "../stores/memory.js";

/** What would become of one session. */
export interface SessionOutcome {
  readonly tenantId: string;
  readonly sessionId: string;
  /** Where it stands now, in the old version. */
  readonly stepId: string;
  readonly decision: Decision;
  /** Conditions that only a judge could decide: with one, the outcome may be another. */
  readonly unjudged: readonly string[];
}

/** The outcome of every session, in the order given, and their sums. */
export interface SessionsRehearsal {
  readonly totals: Rehearsal;
  readonly results: readonly SessionOutcome[];
}

/** What is rehearsed. */
export interface RehearsalInput {
  readonly from: Scenario;
  readonly to: Scenario;
  readonly sessions: readonly Session[];
  /** What a plan would say. */
  readonly terms?: PlanTerms;
  /** The moment of the rehearsal: ages and found values count from it. */
  readonly at: string;
}

/**
 * Rehearses a change on sessions given as values, by the engine itself over a store of its own.
 *
 * @throws RegraftError `SESSION.EXISTS` when two of the sessions have one id
 */
export async function rehearseSessions({
  from,
  to,
  sessions,
  terms = {},
  at,
}: RehearsalInput): Promise<SessionsRehearsal> {
  const clock = { now: () => Date.parse(at) };
  const store = memoryStore({ clock });
  for (const session of sessions) {
    const { ok } = await store.commit({ session, expectedRevision: 0 });
    if (ok) continue;
    throw new RegraftError("SESSION.EXISTS", `there are two sessions ${session.id}`, { received: session.id });
  }
  const found = new Map<string, SessionOutcome>();
  const all: Rehearsal[] = [];
  for (const tenantId of new Set(sessions.map((session) => session.tenantId))) {
    const regraft = createRegraft({ store, clock }).forTenant(tenantId);
    const totals = await regraft.rehearse(
      { from, to, ...terms },
      {
        onSession: ({ session, decision, unjudged }) => {
          found.set(keyOf(session), { tenantId, sessionId: session.id, stepId: session.stepId, decision, unjudged });
        },
      },
    );
    all.push(totals);
  }
  return { totals: summed(all), results: sessions.flatMap((session) => found.get(keyOf(session)) ?? []) };
}

function keyOf({ tenantId, id }: Session): string {
  return JSON.stringify([tenantId, id]);
}

const none: Rehearsal = { total: 0, byAction: {}, byReason: {}, byKind: {}, byStep: {}, unknown: 0 };

function summed(rehearsals: readonly Rehearsal[]): Rehearsal {
  return rehearsals.reduce<Rehearsal>(
    (sum, one) => ({
      total: sum.total + one.total,
      unknown: sum.unknown + one.unknown,
      byAction: added(sum.byAction, one.byAction),
      byReason: added(sum.byReason, one.byReason),
      byKind: added(sum.byKind, one.byKind),
      byStep: Object.fromEntries(
        [...new Set([...Object.keys(sum.byStep), ...Object.keys(one.byStep)])].map((step) => [
          step,
          added(sum.byStep[step] ?? {}, one.byStep[step] ?? {}),
        ]),
      ),
    }),
    none,
  );
}

type Counts = Readonly<Partial<Record<string, number>>>;

function added(a: Counts, b: Counts): Record<string, number> {
  const names = [...new Set([...Object.keys(a), ...Object.keys(b)])];
  return Object.fromEntries(names.map((name) => [name, (a[name] ?? 0) + (b[name] ?? 0)]));
}
