import type { Session } from "../contracts/types.js";
import type { SessionQuery } from "../ports/session-store.js";

type Steps<E> = Map<string, Set<E>>;
type Versions<E> = Map<number, Steps<E>>;

/** Entries of one tenant by scenario, version and step. */
export class SessionIndex<E> {
  readonly #scenarios = new Map<string, Versions<E>>();

  add(session: Session, entry: E): void {
    const versions = this.#scenarios.get(session.scenarioId) ?? new Map();
    this.#scenarios.set(session.scenarioId, versions);
    const steps = versions.get(session.scenarioVersion) ?? new Map();
    versions.set(session.scenarioVersion, steps);
    const entries = steps.get(session.stepId) ?? new Set();
    steps.set(session.stepId, entries.add(entry));
  }

  remove(session: Session, entry: E): void {
    const versions = this.#scenarios.get(session.scenarioId);
    const steps = versions?.get(session.scenarioVersion);
    const entries = steps?.get(session.stepId);
    entries?.delete(entry);
    if (entries?.size === 0) steps?.delete(session.stepId);
    if (steps?.size === 0) versions?.delete(session.scenarioVersion);
    if (versions?.size === 0) this.#scenarios.delete(session.scenarioId);
  }

  /** The groups that hold every entry the query can match, or undefined if it names no scenario. */
  groups(query: SessionQuery): readonly ReadonlySet<E>[] | undefined {
    if (query.scenarioId === undefined) return undefined;
    const versions = this.#scenarios.get(query.scenarioId);
    if (versions === undefined) return [];
    const steps = present(versions, query.versions);
    return steps.flatMap((step) => present(step, query.stepIds));
  }
}

function present<K, V>(map: ReadonlyMap<K, V>, keys: readonly K[] | undefined): V[] {
  if (keys === undefined) return [...map.values()];
  return [...new Set(keys)].flatMap((key) => {
    const value = map.get(key);
    return value === undefined ? [] : [value];
  });
}
