import type { Plan, Timestamp } from "../contracts/types.js";
import { policyFor } from "../plan/policy.js";
import { waveReaches } from "../plan/rollout.js";
import { inScope, scopeQuery } from "../plan/scope.js";
import type { Mark, MarkPage, SessionQuery } from "../ports/session-store.js";
import { type Engine, readPageSize } from "./context.js";
import { tellUnreadable } from "./unreadable.js";
import { walkersOf } from "./walkers.js";

/** Sessions that one policy is for, in the order in which they are marked. */
interface Segment {
  readonly query: SessionQuery;
  /** Looks at what a store cannot decide. */
  readonly scope: Plan["policies"][string]["scope"];
}

/** Where marking stands, in the cursor of a plan: which segment, and where in it. */
interface Place {
  readonly segment: number;
  readonly cursor?: string;
  /** As in {@link MarkedPage}. */
  readonly unreadable?: number;
}

/** How far one page of marking came. */
export interface MarkedPage {
  readonly marked: number;
  /** Sessions that could not be read, so far in this segment: each segment meets them anew. */
  readonly unreadable?: number;
  /** Absent when all is done. */
  readonly cursor?: string;
}

function segmentsOf(engine: Engine, plan: Plan, deployedAt: Timestamp): Segment[] {
  const own = Object.keys(plan.policies)
    .filter((stepId) => stepId !== "*")
    .sort();
  const groups = [
    { stepId: "*", steps: { notStepIds: own } },
    ...own.map((stepId) => ({ stepId, steps: { stepIds: [stepId] } })),
  ];
  const walkers = walkersOf(engine, plan.scenarioId, plan.fromVersion);
  return groups.flatMap(({ stepId, steps }) => {
    const { scope, updateDownstream } = policyFor(plan, stepId);
    if (!updateDownstream) return [];
    return [{ query: { ...walkers, ...scopeQuery(scope, { deployedAt }, steps) }, scope }];
  });
}

/**
 * Marks the next page of the sessions of a plan. Marking a page again changes nothing.
 *
 * @param resumed - the page may have been marked before a crash: its marks of this plan are counted anew
 */
export async function markPage(
  engine: Engine,
  plan: Plan,
  { deployedAt, resumed }: { readonly deployedAt: Timestamp; readonly resumed: boolean },
): Promise<MarkedPage> {
  const segments = segmentsOf(engine, plan, deployedAt);
  const at: Place = plan.marking?.cursor === undefined ? { segment: 0 } : (JSON.parse(plan.marking.cursor) as Place);
  const segment = segments[at.segment];
  if (segment === undefined) return { marked: 0 };
  const mark: Mark = { planId: plan.id, targetVersion: plan.toVersion, markedAt: deployedAt };
  const page = await markSegment(engine, segment, mark, at, { deployedAt, resumed, plan });
  const unreadable = (at.unreadable ?? 0) + tellUnreadable(engine, page);
  const unread = unreadable === 0 ? {} : { unreadable };
  const next = nextPlace({ segment: at.segment, ...unread }, page.cursor, segments.length);
  return { marked: page.marked, ...unread, ...(next === undefined ? {} : { cursor: JSON.stringify(next) }) };
}

function nextPlace(at: Place, cursor: string | undefined, segments: number): Place | undefined {
  if (cursor !== undefined) return { ...at, cursor };
  return at.segment + 1 < segments ? { segment: at.segment + 1 } : undefined;
}

async function markSegment(
  engine: Engine,
  { query, scope }: Segment,
  mark: Mark,
  { cursor }: Place,
  { deployedAt, resumed, plan }: { readonly deployedAt: Timestamp; readonly resumed: boolean; readonly plan: Plan },
): Promise<Omit<MarkPage, "done">> {
  const after = cursor === undefined ? {} : { cursor };
  if (scope?.condition === undefined && plan.wave === undefined && !resumed) {
    // A store that writes session by session gets pages that take no longer than a lease.
    const { setBasedMark } = engine.sessions.capabilities;
    const limit = setBasedMark ? engine.config.markPageSize : readPageSize(engine);
    return engine.sessions.mark(query, mark, { limit, ...after });
  }
  const page = await engine.sessions.scan(query, { limit: readPageSize(engine), ...after });
  const eligible = page.sessions.filter(
    (session) => waveReaches(plan, session.id) && inScope(scope ?? {}, session, { deployedAt }).matches === true,
  );
  const before = eligible.filter(({ pendingMigration }) => pendingMigration?.planId === mark.planId).length;
  const sessionIds = eligible.map(({ id }) => id);
  const { marked } =
    sessionIds.length === 0
      ? { marked: 0 }
      : await engine.sessions.mark({ ...query, sessionIds }, mark, { limit: sessionIds.length });
  const counted = resumed ? marked + before : marked;
  const { cursor: next, unreadable } = page;
  return {
    marked: counted,
    ...(next === undefined ? {} : { cursor: next }),
    ...(unreadable === undefined ? {} : { unreadable }),
  };
}
