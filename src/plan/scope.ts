import type { Scope, Session } from "../contracts/types.js";
import { compileCondition, type Verdict } from "../scenario/condition.js";
import type { SessionFilter } from "./session-filter.js";

/** Whether a session is in a scope, and which part of the scope kept it out or could not be decided. */
export interface ScopeVerdict {
  readonly matches: Verdict;
  readonly because?: keyof Scope;
}

/** When the plan was deployed: ages are those of that moment. */
export interface ScopeMoment {
  readonly deployedAt: string;
}

const inside: ScopeVerdict = Object.freeze({ matches: true });

/** What a condition of a scope can read: the session's variables, and some of its own facts where no variable has the name. */
function dataOf({ variables, channel, customerId, status, stepId }: Session): Readonly<Record<string, unknown>> {
  const facts = Object.entries({ channel, customerId, status, stepId }).filter(([, fact]) => fact !== undefined);
  return { ...Object.fromEntries(facts), ...variables };
}

function excluded(list: readonly string[] | undefined, value: string | undefined): boolean {
  return value !== undefined && list?.includes(value) === true;
}

/** An empty list includes everybody. */
function notIncluded(list: readonly string[] | undefined, value: string | undefined): boolean {
  return list !== undefined && list.length > 0 && (value === undefined || !list.includes(value));
}

/** The first part of the scope, its condition apart, that keeps the session out. */
function keptOutBy(scope: Scope, session: Session, deployedAt: string): keyof Scope | undefined {
  const ageMs = Date.parse(deployedAt) - Date.parse(session.createdAt);
  if (excluded(scope.excludeSessions, session.id)) return "excludeSessions";
  if (excluded(scope.excludeChannels, session.channel)) return "excludeChannels";
  if (excluded(scope.excludeSteps, session.stepId)) return "excludeSteps";
  if (notIncluded(scope.includeSessions, session.id)) return "includeSessions";
  if (notIncluded(scope.includeChannels, session.channel)) return "includeChannels";
  if (notIncluded(scope.includeSteps, session.stepId)) return "includeSteps";
  if (scope.minAgeMs !== undefined && !(ageMs >= scope.minAgeMs)) return "minAgeMs";
  if (scope.maxAgeMs !== undefined && !(ageMs <= scope.maxAgeMs)) return "maxAgeMs";
  return undefined;
}

/**
 * Whether a session is one of those a policy is for.
 *
 * All parts of the scope must hold. An exclusion wins over an inclusion; an inclusion list that is absent or empty
 * includes everybody; a session without a channel is on none. Ages are in milliseconds at the deployment, both ends
 * included. The condition reads the session's variables, by name or as `data["name"]`, and `channel`, `customerId`,
 * `status` and `stepId` where no variable has that name. If it cannot be decided the answer is `unknown`: such a session
 * is held, not moved.
 *
 * @example
 * inScope({ excludeChannels: ["voice"] }, session, { deployedAt: "2026-03-01T09:00:00Z" });
 * // { matches: false, because: "excludeChannels" } for a session on voice
 *
 * @public
 */
export function inScope(scope: Scope, session: Session, { deployedAt }: ScopeMoment): ScopeVerdict {
  const because = keptOutBy(scope, session, deployedAt);
  if (because !== undefined) return { matches: false, because };
  if (scope.condition === undefined) return inside;
  const verdict = compileCondition(scope.condition).evaluate(dataOf(session));
  return verdict === true ? inside : { matches: verdict, because: "condition" };
}

function intersection(
  a: readonly string[] | undefined,
  b: readonly string[] | undefined,
): readonly string[] | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  const both = new Set(b);
  return a.filter((item) => both.has(item));
}

function filled(list: readonly string[] | undefined): readonly string[] | undefined {
  return list !== undefined && list.length > 0 ? list : undefined;
}

/**
 * The part of a scope that a store can decide: everything but the condition. A session the filter leaves out is out of
 * scope; one it lets through is in scope unless the scope has a condition.
 *
 * @param steps - narrows the filter to some steps, or keeps others out of it
 *
 * @example
 * scopeQuery({ excludeChannels: ["voice"], maxAgeMs: 0 }, { deployedAt: "1970-01-01T00:00:01Z" });
 * // { notChannels: ["voice"], createdFromMs: 1000 }
 *
 * @public
 */
export function scopeQuery(
  scope: Scope,
  { deployedAt }: ScopeMoment,
  steps: Pick<SessionFilter, "stepIds" | "notStepIds"> = {},
): SessionFilter {
  const deployedAtMs = Date.parse(deployedAt);
  const parts: { readonly [K in keyof SessionFilter]: SessionFilter[K] | undefined } = {
    sessionIds: filled(scope.includeSessions),
    notSessionIds: filled(scope.excludeSessions),
    channels: filled(scope.includeChannels),
    notChannels: filled(scope.excludeChannels),
    stepIds: intersection(filled(scope.includeSteps), steps.stepIds),
    notStepIds: filled([...(scope.excludeSteps ?? []), ...(steps.notStepIds ?? [])]),
    createdFromMs: scope.maxAgeMs === undefined ? undefined : deployedAtMs - scope.maxAgeMs,
    createdToMs: scope.minAgeMs === undefined ? undefined : deployedAtMs - scope.minAgeMs,
  };
  return Object.fromEntries(Object.entries(parts).filter(([, part]) => part !== undefined));
}
