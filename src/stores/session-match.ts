import type { Session } from "../contracts/types.js";
import type { Mark, SessionQuery } from "../ports/session-store.js";

/** Whether a session with this mark is one of those the query asks for; the tenant is not looked at. */
export type SessionMatcher = (session: Session, mark: Mark | undefined) => boolean;

type Test<T> = (value: T) => boolean;

/** Up to this length a list is searched faster than a set. */
const longestList = 8;

function listTest<T>(wanted: readonly T[] | undefined, unwanted: readonly T[] | undefined): Test<T> | undefined {
  const isWanted = wanted && memberTest(wanted);
  if (unwanted === undefined || unwanted.length === 0) return isWanted;
  const isUnwanted = memberTest(unwanted);
  return (value) => (isWanted === undefined || isWanted(value)) && !isUnwanted(value);
}

function memberTest<T>(list: readonly T[]): Test<T> {
  if (list.length <= longestList) return (value) => list.includes(value);
  const members = new Set(list);
  return (value) => members.has(value);
}

function markTest(marked: boolean | string | undefined): Test<Mark | undefined> | undefined {
  if (marked === undefined) return undefined;
  if (typeof marked === "string") return (mark) => mark?.planId === marked;
  return (mark) => (mark !== undefined) === marked;
}

function ageTest({ createdFromMs, createdToMs }: SessionQuery): Test<string> | undefined {
  if (createdFromMs === undefined && createdToMs === undefined) return undefined;
  return (createdAt) => {
    const at = Date.parse(createdAt);
    return at >= (createdFromMs ?? Number.NEGATIVE_INFINITY) && at <= (createdToMs ?? Number.POSITIVE_INFINITY);
  };
}

/** Makes the test of a query once, for use on many sessions. */
export function sessionMatcher(query: SessionQuery): SessionMatcher {
  const { scenarioId, versions, statuses } = query;
  const version = listTest(versions, undefined);
  const status = listTest(statuses, undefined);
  const marked = markTest(query.marked);
  const step = listTest(query.stepIds, query.notStepIds);
  const channel = listTest<string | undefined>(query.channels, query.notChannels);
  const id = listTest(query.sessionIds, query.notSessionIds);
  const age = ageTest(query);
  const isPending = query.outbox === true;
  return (session, mark) =>
    (scenarioId === undefined || session.scenarioId === scenarioId) &&
    (version === undefined || version(session.scenarioVersion)) &&
    (status === undefined || status(session.status)) &&
    (marked === undefined || marked(mark)) &&
    (step === undefined || step(session.stepId)) &&
    (channel === undefined || channel(session.channel)) &&
    (id === undefined || id(session.id)) &&
    (!isPending || (session.outbox?.length ?? 0) > 0) &&
    (age === undefined || age(session.createdAt));
}
