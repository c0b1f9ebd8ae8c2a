import type { Field, Scenario, Step, Transition } from "../src/contracts/types.js";
import { type Random, seededRandom } from "../src/testing/random.js";

/** Two versions of a flow, as a person would have edited it. */
export interface VersionPair {
  readonly from: Scenario;
  readonly to: Scenario;
}

/** What {@link versionPair} makes. */
export interface PairOptions {
  readonly seed: number;
  readonly steps: number;
  /** Share of the steps that the second version touches; 0.01 if absent. */
  readonly touched?: number;
}

const fieldCount = 48;
const words =
  "applicant income household account transfer consent branch officer letter review amount period notice".split(" ");

/**
 * A flow and its next version: a chain with 30 % short forward forks, 8 % second forks and 3 % ways back, about 720 bytes a
 * step. Of the touched steps 30 % are inserted, 20 % deleted, 25 % reworded; 15 % get a new fork, 10 % another condition.
 */
export function versionPair({ seed, steps, touched = 0.01 }: PairOptions): VersionPair {
  const random = seededRandom(seed);
  const from = chain(random, steps);
  return { from, to: edited(random, from, Math.max(1, Math.round(steps * touched))) };
}

function chain(random: Random, size: number): Scenario {
  const steps = Array.from({ length: size }, (_, at) => makeStep(random, `s${at}`));
  const transitions = steps.flatMap((_, at) => waysOut(random, at, size));
  return { id: "flow", version: 1, entry: "s0", steps, transitions, fields: makeFields() };
}

function makeFields(): Field[] {
  return Array.from({ length: fieldCount }, (_, at) => ({
    name: `field${at}`,
    type: "number",
    displayName: `Field ${at}`,
  }));
}

function makeStep(random: Random, id: string): Step {
  const collects = Array.from({ length: random.integer(3) }, () => fieldName(random));
  const kind = random.next();
  return {
    id,
    name: `Step ${id}`,
    intent: `${sentence(random, 40)} ${id}`,
    description: sentence(random, 480),
    ...(random.chance(0.7)
      ? { rules: Array.from({ length: 1 + random.integer(3) }, () => `rule-${random.integer(500)}`) }
      : {}),
    ...(collects.length > 0 ? { collects: [...new Set(collects)] } : {}),
    ...(kind < 0.02 ? { checkpoint: true, checkpointDescription: `Done: ${id}` } : {}),
    ...(kind > 0.98 ? { requiredAction: true } : {}),
  };
}

function sentence(random: Random, length: number): string {
  let text = "";
  while (text.length < length) text += `${text === "" ? "" : " "}${random.pick(words) ?? "step"}`;
  return text.slice(0, length);
}

function fieldName(random: Random): string {
  return `field${random.integer(fieldCount)}`;
}

function condition(random: Random): string {
  return `${fieldName(random)} >= ${random.integer(40)}`;
}

function waysOut(random: Random, at: number, size: number): Transition[] {
  if (at === size - 1) return [];
  const from = `s${at}`;
  const ahead = () => `s${Math.min(size - 1, at + 2 + random.integer(4))}`;
  const ways: Transition[] = [];
  if (random.chance(0.3)) {
    ways.push({ from, to: ahead(), condition: condition(random) });
    if (random.chance(0.27)) ways.push({ from, to: ahead(), condition: condition(random) });
  }
  if (random.chance(0.03))
    ways.push({ from, to: `s${Math.max(0, at - random.integer(4))}`, condition: condition(random) });
  const next = { from, to: `s${at + 1}` };
  return [...ways, ways.length > 0 ? { ...next, else: true } : next];
}

/** The parts of a scenario while it is being edited. */
interface Draft {
  readonly steps: Map<string, Step>;
  readonly ways: Map<string, Transition[]>;
}

function edited(random: Random, scenario: Scenario, count: number): Scenario {
  const draft: Draft = { steps: new Map(scenario.steps.map((step) => [step.id, step])), ways: new Map() };
  for (const way of scenario.transitions) draft.ways.set(way.from, [...(draft.ways.get(way.from) ?? []), way]);
  const moved = new Map<string, string>();
  for (let done = 0; done < count; ) {
    const id = `s${1 + random.integer(Math.max(1, scenario.steps.length - 2))}`;
    if (draft.steps.has(id) && touch(random, draft, id, moved, done)) done += 1;
  }
  const target = (id: string): string => {
    let at = id;
    while (moved.has(at)) at = moved.get(at) ?? at;
    return at;
  };
  const transitions = [...draft.ways.values()].flat().map((way) => ({ ...way, to: target(way.to) }));
  return { ...scenario, version: 2, steps: [...draft.steps.values()], transitions };
}

/** Makes one edit at a step; false if the step does not allow it. */
function touch(random: Random, draft: Draft, id: string, moved: Map<string, string>, number: number): boolean {
  const step = draft.steps.get(id);
  const ways = draft.ways.get(id) ?? [];
  const last = ways.at(-1);
  if (step === undefined || last === undefined) return false;
  const kind = random.next();
  if (kind < 0.3) {
    const added = makeStep(random, `new${number}`);
    draft.steps.set(added.id, { ...added, checkpoint: false });
    draft.ways.set(added.id, [{ from: added.id, to: last.to }]);
    draft.ways.set(id, [...ways.slice(0, -1), { ...last, to: added.id }]);
    return true;
  }
  if (kind < 0.5) {
    if (step.checkpoint === true) return false;
    draft.steps.delete(id);
    draft.ways.delete(id);
    moved.set(id, last.to);
    return true;
  }
  if (kind < 0.75) {
    draft.steps.set(id, { ...step, description: `${step.description ?? ""} (revised ${number})` });
    return true;
  }
  if (kind < 0.9) {
    const fork = { from: id, to: last.to, condition: `field${number % fieldCount} < ${number}` };
    draft.ways.set(id, [fork, ...ways.slice(0, -1), { ...last, else: true }]);
    return true;
  }
  const [first] = ways;
  if (first?.condition === undefined) return false;
  draft.ways.set(id, [{ ...first, condition: condition(random) }, ...ways.slice(1)]);
  return true;
}
