import type { Scenario, Step, Transition } from "../../src/contracts/types.js";
import { isRegraftError } from "../../src/errors.js";
import { defineScenario } from "../../src/scenario/parse.js";
import type { Random } from "../../src/testing/random.js";

/** A version that is being edited, with what is known about where its steps come from. */
export interface Draft {
  readonly base: Scenario;
  entry: string;
  steps: Step[];
  transitions: Transition[];
  /** New step id -> the old steps that it is, or is a part of. */
  origin: Map<string, readonly string[]>;
  /** Numbers new ids. */
  next: number;
}

/** A draft of a version in which every step is itself. */
export function draftOf(base: Scenario): Draft {
  const { entry, steps, transitions } = base;
  const origin = new Map(steps.map(({ id }) => [id, [id]]));
  return { base, entry, steps: [...steps], transitions: [...transitions], origin, next: 1 };
}

/** A copy, so that an edit which gives no valid version can be dropped. */
export function copyOf(draft: Draft): Draft {
  const { steps, transitions, origin } = draft;
  return { ...draft, steps: [...steps], transitions: [...transitions], origin: new Map(origin) };
}

/** The draft as a version; undefined if it is not a valid one. */
export function scenarioOf({ base, entry, steps, transitions }: Draft, version: number): Scenario | undefined {
  try {
    return defineScenario({ ...base, version, entry, steps, transitions });
  } catch (error) {
    if (isRegraftError(error)) return undefined;
    throw error;
  }
}

export function freshId(draft: Draft): string {
  draft.next += 1;
  const id = `new-${draft.next}`;
  return draft.steps.some((step) => step.id === id) ? freshId(draft) : id;
}

export function waysOf(draft: Draft, id: string): Transition[] {
  return draft.transitions.filter((way) => way.from === id);
}

export function replace(draft: Draft, step: Step, change: Step): void {
  draft.steps = draft.steps.map((one) => (one === step ? change : one));
}

/** Adds a step on a way. */
export function putInto(draft: Draft, way: Transition, step: Step): void {
  draft.steps.push(step);
  draft.transitions = draft.transitions.map((one) => (one === way ? { ...one, to: step.id } : one));
  draft.transitions.push({ from: step.id, to: way.to });
}

/** Removes a step; what led to it leads to what followed it first. */
export function takeOut(draft: Draft, id: string): void {
  const next = waysOf(draft, id).find((way) => way.to !== id)?.to;
  if (draft.entry === id && next !== undefined) draft.entry = next;
  draft.steps = draft.steps.filter((step) => step.id !== id);
  draft.transitions = draft.transitions.flatMap((way) => {
    if (way.from === id) return [];
    if (way.to !== id) return [way];
    return next === undefined ? [] : [{ ...way, to: next }];
  });
  draft.origin.delete(id);
}

/** Gives steps other ids: id -> new id. All at once, so that ids can also change places. */
export function giveIds(draft: Draft, names: ReadonlyMap<string, string>): void {
  const nameOf = (id: string): string => names.get(id) ?? id;
  draft.entry = nameOf(draft.entry);
  draft.steps = draft.steps.map((step) => ({ ...step, id: nameOf(step.id) }));
  draft.transitions = draft.transitions.map((way) => ({ ...way, from: nameOf(way.from), to: nameOf(way.to) }));
  draft.origin = new Map([...draft.origin].map(([id, old]) => [nameOf(id), old]));
}

/** The values in an order that chance decides. */
export function shuffled<T>(random: Random, values: readonly T[]): T[] {
  const left = [...values];
  const out: T[] = [];
  while (left.length > 0) out.push(...left.splice(random.integer(left.length), 1));
  return out;
}
