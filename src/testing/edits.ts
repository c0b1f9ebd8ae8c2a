import type { Scenario, Step, Transition } from "../contracts/types.js";
import { isRegraftError } from "../errors.js";
import { defineScenario } from "../scenario/parse.js";
import { CONDITIONS, FIELDS, generateStep } from "./generate.js";
import { type Random, seededRandom } from "./random.js";

/** What an edit does to a flow. */
export type EditKind = keyof typeof edits;

/** How a scenario is edited. */
export interface EditOptions {
  /** Equal seeds give equal edits. */
  readonly seed: number;
  readonly version: number;
  /** How many edits; by default chosen by the seed, from 1 to 3. */
  readonly edits?: number;
}

/** A new version and how it came about. */
export interface EditedScenario {
  readonly scenario: Scenario;
  /** The edits that were made, in order. */
  readonly edits: readonly EditKind[];
  /** Old step id -> new step id of the same step, whatever was done to it. Steps that are gone are absent. */
  readonly images: Readonly<Record<string, string>>;
}

interface Draft {
  entry: string;
  steps: Step[];
  transitions: Transition[];
  /** New step id -> old step id. */
  origin: Map<string, string>;
  next: number;
}

type Edit = (draft: Draft, random: Random) => void;

const edits = {
  insert: (draft, random) => {
    const way = pickWay(draft, random);
    if (way !== undefined) putInto(draft, way, generateStep(random, freshId(draft)));
  },
  insertFork: (draft, random) => {
    const way = pickWay(draft, random);
    const other = pickStep(draft, random);
    if (way === undefined || other === undefined) return;
    const [fork, aside] = [{ id: freshId(draft), name: "Which one?" }, generateStep(random, freshId(draft))];
    const [condition] = random.pick(CONDITIONS) ?? CONDITIONS[0];
    putInto(draft, way, fork);
    const rest = draft.transitions.map((one) => (one.from === fork.id ? { ...one, else: true } : one));
    const back = random.chance(0.7) ? way.to : other.id;
    draft.steps.push(aside);
    draft.transitions = [...rest, { from: fork.id, to: aside.id, condition }, { from: aside.id, to: back }];
  },
  remove: (draft, random) => {
    const step = pickStep(draft, random);
    if (step !== undefined) takeOut(draft, step.id);
  },
  move: (draft, random) => {
    const step = pickStep(draft, random);
    if (step === undefined || step.id === draft.entry) return;
    const origin = draft.origin.get(step.id);
    takeOut(draft, step.id);
    const way = pickWay(draft, random);
    if (way === undefined) return;
    putInto(draft, way, step);
    if (origin !== undefined) draft.origin.set(step.id, origin);
  },
  rename: (draft, random) => {
    const step = pickStep(draft, random);
    if (step !== undefined) giveId(draft, step.id, freshId(draft));
  },
  reword: (draft, random) => {
    replace(draft, pickStep(draft, random), (step) => ({ ...step, name: `${step.name ?? step.id}, please` }));
  },
  askMore: (draft, random) => {
    const field = random.pick(FIELDS) ?? "note";
    const added = (step: Step) => [...new Set([...(step.collects ?? []), field])];
    replace(draft, pickStep(draft, random), (step) => ({ ...step, collects: added(step) }));
  },
  askLess: (draft, random) => {
    replace(draft, pickStep(draft, random), ({ collects: _, ...step }) => step);
  },
  changeEffect: (draft, random) => {
    const flag = random.chance(0.5) ? "checkpoint" : "requiredAction";
    replace(draft, pickStep(draft, random), (step) => ({ ...step, [flag]: step[flag] !== true }));
  },
  changeCondition: (draft, random) => {
    const conditioned = draft.transitions.filter((way) => way.condition !== undefined);
    const way = random.pick(conditioned.length > 0 ? conditioned : draft.transitions);
    const condition = random.pick((random.pick(CONDITIONS) ?? CONDITIONS[0]).slice()) ?? "age >= 18";
    draft.transitions = draft.transitions.map((one) => {
      if (one !== way) return one;
      const { else: _, ...rest } = one;
      return { ...rest, condition };
    });
  },
  changeTarget: (draft, random) => {
    const [way, step] = [pickWay(draft, random), pickStep(draft, random)];
    if (step !== undefined)
      draft.transitions = draft.transitions.map((one) => (one === way ? { ...one, to: step.id } : one));
  },
  addWay: (draft, random) => {
    const [from, to] = [pickStep(draft, random), pickStep(draft, random)];
    const [condition] = random.pick(CONDITIONS) ?? CONDITIONS[0];
    if (from !== undefined && to !== undefined) draft.transitions.unshift({ from: from.id, to: to.id, condition });
  },
  swapBranches: (draft, random) => {
    const forks = draft.steps.filter(({ id }) => waysOf(draft, id).length > 1);
    const [first, second] = waysOf(draft, random.pick(forks)?.id ?? "");
    if (first === undefined || second === undefined) return;
    draft.transitions = draft.transitions.map((one) =>
      one === first ? { ...one, to: second.to } : one === second ? { ...one, to: first.to } : one,
    );
  },
  split: (draft, random) => {
    const step = pickStep(draft, random);
    if (step === undefined) return;
    const { collects = [], ...rest } = step;
    const second = { id: freshId(draft), name: `${step.name ?? step.id}, second part`, collects: collects.slice(1) };
    replace(draft, step, () => ({ ...rest, collects: collects.slice(0, 1) }));
    draft.transitions = draft.transitions.map((way) => (way.from === step.id ? { ...way, from: second.id } : way));
    draft.steps.push(second);
    draft.transitions.push({ from: step.id, to: second.id });
  },
  merge: (draft, random) => {
    const step = pickStep(draft, random);
    const [only, other] = waysOf(draft, step?.id ?? "");
    const next = draft.steps.find(({ id }) => id === only?.to);
    if (step === undefined || next === undefined || other !== undefined || next.id === step.id) return;
    const collects = [...new Set([...(step.collects ?? []), ...(next.collects ?? [])])];
    replace(draft, step, () => ({ ...next, ...step, collects }));
    draft.transitions = draft.transitions.flatMap((way) => {
      if (way === only) return [];
      return way.from === next.id ? [{ ...way, from: step.id }] : [way];
    });
    takeOut(draft, next.id, step.id);
  },
  copyStep: (draft, random) => {
    const [step, way] = [pickStep(draft, random), pickWay(draft, random)];
    if (step !== undefined && way !== undefined) putInto(draft, way, { ...step, id: freshId(draft) });
  },
} satisfies Record<string, Edit>;

/**
 * Edits a scenario as authors do: inserts, removes, moves, renames, rewords, splits and merges steps, changes what they collect and
 * do, and changes conditions, branches and targets. An edit that would not give a valid scenario is left out.
 *
 * @returns the new version with the list of edits and the true images of the old steps
 *
 * @remarks Pure: equal arguments give equal versions.
 *
 * @example
 * editScenario(generateScenario({ seed: 1 }), { seed: 2, version: 2 }).edits; // for example ["insert", "reword"]
 */
export function editScenario(scenario: Scenario, options: EditOptions): EditedScenario {
  const random = seededRandom(options.seed);
  const kinds = Object.keys(edits) as EditKind[];
  const count = options.edits ?? 1 + random.integer(3);
  const made: EditKind[] = [];
  let current = defineScenario({ ...scenario, version: options.version });
  let origin = new Map(current.steps.map(({ id }) => [id, id]));
  let next = 1;
  for (let i = 0; i < count; i += 1) {
    const kind = random.pick(kinds) ?? "insert";
    const draft: Draft = { ...copyOf(current), origin: new Map(origin), next };
    edits[kind](draft, random);
    const edited = accepted({ ...current, entry: draft.entry, steps: draft.steps, transitions: draft.transitions });
    if (edited === undefined) continue;
    made.push(kind);
    [current, origin, next] = [edited, draft.origin, draft.next];
  }
  const images = Object.fromEntries([...origin].map(([now, old]) => [old, now]));
  return { scenario: current, edits: made, images };
}

function copyOf({ entry, steps, transitions }: Scenario): Pick<Draft, "entry" | "steps" | "transitions"> {
  return { entry, steps: [...steps], transitions: [...transitions] };
}

function accepted(scenario: Scenario): Scenario | undefined {
  try {
    return defineScenario(scenario);
  } catch (error) {
    if (isRegraftError(error)) return undefined;
    throw error;
  }
}

function freshId(draft: Draft): string {
  const id = `n${draft.next}`;
  draft.next += 1;
  return draft.steps.some((step) => step.id === id) ? freshId(draft) : id;
}

function pickStep(draft: Draft, random: Random): Step | undefined {
  return random.pick(draft.steps);
}

function pickWay(draft: Draft, random: Random): Transition | undefined {
  return random.pick(draft.transitions);
}

function waysOf(draft: Draft, id: string): Transition[] {
  return draft.transitions.filter((way) => way.from === id);
}

function replace(draft: Draft, step: Step | undefined, change: (step: Step) => Step): void {
  draft.steps = draft.steps.map((one) => (one === step ? change(one) : one));
}

function putInto(draft: Draft, way: Transition, step: Step): void {
  draft.steps.push(step);
  draft.transitions = draft.transitions.map((one) => (one === way ? { ...one, to: step.id } : one));
  draft.transitions.push({ from: step.id, to: way.to });
}

/** Removes a step; what led to it leads to what followed it. */
function takeOut(draft: Draft, id: string, follower?: string): void {
  const next = follower ?? waysOf(draft, id).find((way) => way.to !== id)?.to;
  if (draft.entry === id && next !== undefined) draft.entry = next;
  draft.steps = draft.steps.filter((step) => step.id !== id);
  draft.transitions = draft.transitions.flatMap((way) => {
    if (way.from === id) return [];
    if (way.to !== id) return [way];
    return next === undefined ? [] : [{ ...way, to: next }];
  });
  draft.origin.delete(id);
}

function giveId(draft: Draft, id: string, name: string): void {
  const nameOf = (other: string) => (other === id ? name : other);
  const origin = draft.origin.get(id);
  draft.entry = nameOf(draft.entry);
  draft.steps = draft.steps.map((step) => ({ ...step, id: nameOf(step.id) }));
  draft.transitions = draft.transitions.map((way) => ({ ...way, from: nameOf(way.from), to: nameOf(way.to) }));
  draft.origin.delete(id);
  if (origin !== undefined) draft.origin.set(name, origin);
}
