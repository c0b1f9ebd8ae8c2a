import type { Scenario, Step, Transition } from "../../src/index.js";
import type { Random } from "../../src/testing/index.js";

const conditions = ["age >= 18", "age >= 21", "amount > 50", "amount > 100", "member == true", "member != true"];
const fields = ["age", "country", "amount", "email", "member", "note"];

/** A flow while it is edited. */
interface Draft {
  steps: Step[];
  transitions: Transition[];
}

/** The JSON of a next version: one to three edits as authors make them. It may be no valid scenario. */
export function edited(scenario: Scenario, random: Random): Scenario {
  const draft: Draft = { steps: [...scenario.steps], transitions: [...scenario.transitions] };
  for (let left = 1 + random.integer(3); left > 0; left -= 1) {
    const roll = random.next();
    if (roll < 0.35) insert(draft, random, `new${scenario.version}_${left}`);
    else if (roll < 0.5) remove(draft, random, scenario.entry);
    else if (roll < 0.7) recondition(draft, random);
    else if (roll < 0.85) retarget(draft, random);
    else askMore(draft, random);
  }
  return { ...scenario, version: scenario.version + 1, ...draft };
}

function insert(draft: Draft, random: Random, id: string): void {
  const way = random.pick(draft.transitions);
  const detour = random.pick(draft.steps);
  if (way === undefined || detour === undefined) return;
  draft.steps.push(inserted(random, id));
  draft.transitions = draft.transitions.map((other) => (other === way ? { ...way, to: id } : other));
  if (random.chance(0.35)) {
    draft.transitions.push(
      { from: id, to: detour.id, condition: random.pick(conditions) ?? "age >= 18" },
      { from: id, to: way.to, else: true },
    );
  } else draft.transitions.push({ from: id, to: way.to });
}

function inserted(random: Random, id: string): Step {
  const name = `Step ${id}`;
  const roll = random.next();
  if (roll < 0.15) return { id, name, checkpoint: true, checkpointDescription: `${name} done` };
  if (roll < 0.28) return { id, name, requiredAction: true };
  return roll < 0.6 ? { id, name, collects: [random.pick(fields) ?? "note"] } : { id, name };
}

function remove(draft: Draft, random: Random, entry: string): void {
  const step = random.pick(draft.steps);
  if (step === undefined || step.id === entry) return;
  const next = draft.transitions.find(({ from, to }) => from === step.id && to !== step.id)?.to;
  const rest = draft.transitions.filter(({ from }) => from !== step.id);
  const bridged = rest.flatMap((way) =>
    way.to !== step.id ? [way] : next === undefined ? [] : [{ ...way, to: next }],
  );
  draft.steps = draft.steps.filter((other) => other !== step);
  draft.transitions = bridged.filter((way, i) => bridged.findIndex((other) => sameWay(other, way)) === i);
}

function sameWay(a: Transition, b: Transition): boolean {
  return a.from === b.from && a.to === b.to && a.condition === b.condition && a.else === b.else;
}

function recondition(draft: Draft, random: Random): void {
  const way = random.pick(draft.transitions);
  if (way?.condition === undefined) return;
  const condition = random.pick(conditions) ?? way.condition;
  draft.transitions = draft.transitions.map((other) => (other === way ? { ...way, condition } : other));
}

function retarget(draft: Draft, random: Random): void {
  const way = random.pick(draft.transitions);
  const step = random.pick(draft.steps);
  if (way === undefined || step === undefined) return;
  draft.transitions = draft.transitions.map((other) => (other === way ? { ...way, to: step.id } : other));
}

function askMore(draft: Draft, random: Random): void {
  const step = random.pick(draft.steps);
  if (step === undefined || step.checkpoint === true || step.requiredAction === true) return;
  const collects = [...new Set([...(step.collects ?? []), random.pick(fields) ?? "note"])];
  draft.steps = draft.steps.map((other) => (other === step ? { ...step, collects } : other));
}
