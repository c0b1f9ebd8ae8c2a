import type { Scenario, Step } from "../../src/contracts/types.js";
import { contentHash } from "../../src/scenario/content-hash.js";
import { type Random, seededRandom } from "../../src/testing/random.js";
import {
  copyOf,
  type Draft,
  draftOf,
  freshId,
  giveIds,
  putInto,
  replace,
  scenarioOf,
  shuffled,
  takeOut,
  waysOf,
} from "./draft.js";

/** A new version of a flow and which of its steps the old ones truly are. */
export interface EditedFlow {
  readonly scenario: Scenario;
  /** Old step id -> the new steps that it is or that it was split into. Steps that are gone are absent. */
  readonly truth: ReadonlyMap<string, readonly string[]>;
}

type Edit = (draft: Draft, random: Random) => void;

const hasEffect = (step: Step): boolean => step.checkpoint === true || step.requiredAction === true;

function reworded(step: Step, text: string): Step {
  return step.intent === undefined ? { ...step, name: text } : { ...step, intent: text };
}

const textOf = (step: Step): string => step.intent ?? step.name ?? step.id;

const WORDS = "amber birch cedar delta ember fjord grove heath inlet jetty knoll ledge marsh north orbit plain".split(
  " ",
);

/** What an author may do to one place of a flow. */
const single = {
  reword: (draft, random) => {
    const step = random.pick(draft.steps);
    if (step === undefined) return;
    const text = random.chance(0.5)
      ? `${textOf(step)}, please`
      : `${random.pick(WORDS)} ${random.pick(WORDS)} ${draft.next++}`;
    replace(draft, step, reworded(step, text));
  },
  "change form": (draft, random) => {
    const [step, other] = [random.pick(draft.steps), random.pick(draft.steps)];
    if (step === undefined) return;
    const fields = new Set(step.collects ?? []);
    if (fields.size > 0 && random.chance(0.5)) fields.delete([...fields][0] ?? "");
    else for (const field of other?.collects ?? []) fields.add(field);
    replace(draft, step, { ...step, collects: [...fields] });
  },
  "change effect": (draft, random) => {
    const step = random.pick(draft.steps);
    if (step !== undefined && step.skipWhen === undefined) {
      const flag = random.chance(0.5) ? "checkpoint" : "requiredAction";
      replace(draft, step, { ...step, [flag]: step[flag] !== true });
    }
  },
  move: (draft, random) => {
    const step = random.pick(draft.steps);
    if (step === undefined || step.id === draft.entry) return;
    const origin = draft.origin.get(step.id);
    takeOut(draft, step.id);
    const way = random.pick(draft.transitions);
    if (way === undefined) return;
    putInto(draft, way, step);
    if (origin !== undefined) draft.origin.set(step.id, origin);
  },
  insert: (draft, random) => {
    const way = random.pick(draft.transitions);
    const name = `Something new ${draft.next}`;
    const flag = random.pick(["checkpoint", "requiredAction", "none", "none"]);
    if (way !== undefined)
      putInto(draft, way, { id: freshId(draft), name, ...(flag === "none" ? {} : { [flag ?? ""]: true }) });
  },
  delete: (draft, random) => {
    const step = random.pick(draft.steps);
    if (step !== undefined) takeOut(draft, step.id);
  },
  "change ways": (draft, random) => {
    const [way, step] = [random.pick(draft.transitions), random.pick(draft.steps)];
    if (way === undefined || step === undefined) return;
    draft.transitions = draft.transitions.map((one) => (one === way ? { ...one, to: step.id } : one));
  },
  "swap branches": (draft, random) => {
    const fork = random.pick(draft.steps.filter(({ id }) => waysOf(draft, id).length > 1));
    const [first, second] = shuffled(random, waysOf(draft, fork?.id ?? ""));
    if (first === undefined || second === undefined) return;
    draft.transitions = draft.transitions.map((one) => {
      if (one === first) return { ...one, to: second.to };
      return one === second ? { ...one, to: first.to } : one;
    });
  },
  "swap steps": (draft, random) => {
    const [one, other] = [random.pick(draft.steps), random.pick(draft.steps)];
    // Steps of equal content that change places change nothing.
    if (one === undefined || other === undefined || contentHash(one) === contentHash(other)) return;
    const places = draft.steps.map((step) => (step === one ? other : step === other ? one : step));
    const nameOf = (id: string): string => (id === one.id ? other.id : id === other.id ? one.id : id);
    draft.steps = places;
    draft.entry = nameOf(draft.entry);
    draft.transitions = draft.transitions.map((way) => ({ ...way, from: nameOf(way.from), to: nameOf(way.to) }));
  },
  split: (draft, random) => {
    const step = random.pick(draft.steps);
    if (step === undefined) return;
    const fields = step.collects ?? [];
    const { collects: _, checkpoint: __, requiredAction: ___, checkpointDescription: ____, ...plain } = step;
    const [own, other] = [step.id, freshId(draft)];
    const [firstId, secondId] = random.chance(0.5) ? [own, other] : [other, own];
    const [head, tail] = [`${textOf(step)}, first part`, `${textOf(step)}, second part`];
    const first: Step = {
      ...reworded(plain, head),
      id: firstId,
      collects: fields.slice(0, Math.ceil(fields.length / 2)),
    };
    // What has an effect keeps it whole: the new part only leads up to it.
    const second: Step = hasEffect(step)
      ? { ...step, id: secondId, collects: fields.slice(Math.ceil(fields.length / 2)) }
      : { ...reworded(plain, tail), id: secondId, collects: fields.slice(Math.ceil(fields.length / 2)) };
    const origin = draft.origin.get(own);
    const ways = waysOf(draft, own);
    draft.steps = [...draft.steps.filter((one) => one !== step), first, second];
    draft.transitions = draft.transitions.map((way) => ({
      ...way,
      ...(ways.includes(way) ? { from: secondId } : {}),
      ...(way.to === own ? { to: firstId } : {}),
    }));
    draft.transitions.push({ from: firstId, to: secondId });
    if (draft.entry === own) draft.entry = firstId;
    draft.origin.delete(own);
    if (origin === undefined) return;
    draft.origin.set(secondId, origin);
    if (!hasEffect(step)) draft.origin.set(firstId, origin);
  },
  merge: (draft, random) => {
    const able = draft.steps.filter(({ id }) => {
      const [only, more] = waysOf(draft, id);
      const leads = draft.transitions.filter((way) => way.to === only?.to).length;
      return more === undefined && only !== undefined && only.to !== id && only.to !== draft.entry && leads === 1;
    });
    const step = random.pick(able);
    const [only] = waysOf(draft, step?.id ?? "");
    const next = draft.steps.find(({ id }) => id === only?.to);
    if (step === undefined || next === undefined || only === undefined) return;
    const collects = [...new Set([...(step.collects ?? []), ...(next.collects ?? [])])];
    const id = random.chance(0.5) ? step.id : next.id;
    const both: Step = { ...next, ...step, ...reworded(step, `${textOf(step)} and ${textOf(next)}`), id, collects };
    const origin = [...(draft.origin.get(step.id) ?? []), ...(draft.origin.get(next.id) ?? [])];
    draft.origin.delete(step.id);
    draft.origin.delete(next.id);
    if (origin.length > 0) draft.origin.set(id, origin);
    const nameOf = (name: string): string => (name === step.id || name === next.id ? id : name);
    draft.entry = nameOf(draft.entry);
    draft.steps = [...draft.steps.filter((one) => one !== step && one !== next), both];
    draft.transitions = draft.transitions
      .filter((way) => way !== only)
      .map((way) => ({ ...way, from: nameOf(way.from), to: nameOf(way.to) }));
  },
  duplicate: (draft, random) => {
    const [step, way] = [random.pick(draft.steps), random.pick(draft.transitions)];
    if (step !== undefined && way !== undefined) putInto(draft, way, { ...step, id: freshId(draft) });
  },
} satisfies Record<string, Edit>;

const mixed: Edit = (draft, random) => {
  const kind = random.pick(Object.keys(single) as (keyof typeof single)[]) ?? "insert";
  single[kind](draft, random);
};

const edits: Readonly<Record<EditName, Edit>> = { "no edit": () => undefined, ...single, mixed };

export type EditName = keyof typeof single | "no edit" | "mixed";

/** All edits, in the order of the report. */
export const editNames = ["no edit", ...Object.keys(single), "mixed"] as readonly EditName[];

/** What becomes of the ids: all stay, some are new, all are new, or they are dealt out anew among the steps. */
export type IdRule = "kept" | "some new" | "all new" | "reused";

export const idRules: readonly IdRule[] = ["kept", "some new", "all new", "reused"];

/**
 * Edits a version in a known way: about one edit for every ten steps, then the ids by the rule, then everything whose order
 * has no meaning is shuffled.
 */
export function editFlow(scenario: Scenario, edit: EditName, ids: IdRule, seed: number): EditedFlow {
  const random = seededRandom(seed);
  let draft = draftOf(scenario);
  const count = Math.min(12, Math.max(edit === "mixed" ? 2 : 1, Math.round(scenario.steps.length / 10)));
  for (let i = 0; i < count; i += 1) {
    const tried = copyOf(draft);
    edits[edit](tried, random);
    if (scenarioOf(tried, scenario.version + 1) !== undefined) draft = tried;
  }
  giveIds(draft, namesFor(draft, ids, random));
  const groups = new Map<string, Scenario["transitions"]>();
  for (const way of draft.transitions) groups.set(way.from, [...(groups.get(way.from) ?? []), way]);
  draft.transitions = shuffled(random, [...groups.values()]).flat();
  draft.steps = shuffled(random, draft.steps);
  const made = scenarioOf(draft, scenario.version + 1);
  if (made === undefined) throw new Error(`${edit} with seed ${seed} gives no version`);
  const truth = new Map<string, string[]>();
  for (const [now, olds] of draft.origin) for (const old of olds) truth.set(old, [...(truth.get(old) ?? []), now]);
  return { scenario: made, truth };
}

function namesFor(draft: Draft, rule: IdRule, random: Random): Map<string, string> {
  const ids = draft.steps.map(({ id }) => id);
  const chosen = rule === "kept" ? [] : rule === "some new" ? ids.filter(() => random.chance(0.3)) : ids;
  // Ids of removed steps are dealt out as well: nothing else is as misleading.
  const pool =
    rule === "reused" ? shuffled(random, [...new Set([...draft.base.steps.map(({ id }) => id), ...ids])]) : [];
  return new Map(chosen.map((id, at) => [id, rule === "reused" ? (pool[at] ?? id) : `r${at}-${random.integer(1e6)}`]));
}
