import { contentHash, type Scenario, type Session, type Step, type TeleportDecision } from "../../src/index.js";
import { compileCondition } from "../../src/scenario/condition.js";

/** A plain graph: no index, no cache, nothing that the decision uses too. */
class Graph {
  readonly #steps: ReadonlyMap<string, Step>;
  readonly #next: ReadonlyMap<string, readonly string[]>;
  readonly #hashes = new Map<string, string>();
  readonly #shared = new Set<string>();

  constructor(scenario: Scenario) {
    this.#steps = new Map(scenario.steps.map((step) => [step.id, step]));
    this.#next = new Map(
      scenario.steps.map(({ id }) => [id, scenario.transitions.filter(({ from }) => from === id).map(({ to }) => to)]),
    );
    const seen = new Set<string>();
    for (const step of scenario.steps) {
      const hash = contentHash(step);
      this.#hashes.set(step.id, hash);
      if (seen.has(hash)) this.#shared.add(hash);
      seen.add(hash);
    }
  }

  step(id: string): Step | undefined {
    return this.#steps.get(id);
  }

  hash(id: string): string | undefined {
    return this.#hashes.get(id);
  }

  /** Whether another step of the graph reads the same. */
  hasTwin(hash: string): boolean {
    return this.#shared.has(hash);
  }

  /** Steps that can come after one; the step itself only where a loop leads back. */
  after(id: string): ReadonlySet<string> {
    const found = new Set<string>();
    const open = [...(this.#next.get(id) ?? [])];
    for (let step = open.pop(); step !== undefined; step = open.pop()) {
      if (found.has(step)) continue;
      found.add(step);
      open.push(...(this.#next.get(step) ?? []));
    }
    return found;
  }

  /** Whether nothing can come after a step. */
  ends(id: string): boolean {
    return (this.#next.get(id) ?? []).length === 0;
  }
}

/** A move, and what it was decided about. The edits between the versions keep the ids of the steps they keep. */
export interface Move {
  readonly from: Scenario;
  readonly to: Scenario;
  readonly session: Session;
  readonly decision: TeleportDecision;
}

/** Everything in which a move breaks the promise; steps with equal content are left out, since ids do not tell them apart. */
export function brokenPromises(move: Move): string[] {
  const graphs = { old: new Graph(move.from), now: new Graph(move.to) };
  return [...brokenRun(move), ...skipped(move, graphs), ...repeated(move, graphs), ...displaced(move, graphs)];
}

interface Graphs {
  readonly old: Graph;
  readonly now: Graph;
}

function visitedIds({ session }: Move): Set<string> {
  return new Set(session.stepHistory.map(({ stepId }) => stepId));
}

function knows({ session }: Move, field: string): boolean {
  const value = session.variables[field];
  return value !== undefined && value !== null && value !== "";
}

/** The run has to be a path from the entry to the target whose evaluated conditions hold, and those tried before do not. */
function brokenRun(move: Move): string[] {
  const { to, session, decision } = move;
  const { run } = decision.witness;
  const broken: string[] = [];
  if (run[0]?.stepId !== to.entry) broken.push("the run does not start at the entry");
  if (run.at(-1)?.stepId !== decision.stepId) broken.push("the run does not end at the target");
  for (const [i, { stepId, via }] of run.entries()) {
    if (i === 0) continue;
    const way = via === undefined ? undefined : to.transitions[via.index];
    if (way === undefined || way.from !== run[i - 1]?.stepId || way.to !== stepId) {
      broken.push(`no transition leads into ${stepId}`);
      continue;
    }
    if (via?.because !== "condition_true" && via?.because !== "else") continue;
    const verdictOf = (condition: string | undefined) =>
      condition === undefined || compileCondition(condition).evaluate(session.variables);
    if (verdictOf(way.condition) !== true) broken.push(`the condition of the way into ${stepId} does not hold`);
    const siblings = to.transitions.filter(
      (other) => other.from === way.from && other.condition !== undefined && other !== way,
    );
    const first = (other: (typeof siblings)[number]) => {
      const higher = (other.priority ?? 0) - (way.priority ?? 0);
      return (
        way.condition === undefined ||
        higher > 0 ||
        (higher === 0 && to.transitions.indexOf(other) < to.transitions.indexOf(way))
      );
    };
    if (siblings.some((other) => first(other) && verdictOf(other.condition) !== false))
      broken.push(`another way comes before the one into ${stepId}`);
  }
  return broken;
}

/** Before the target: no effect that was not done, and no field that is not known. */
function skipped(move: Move, { old, now }: Graphs): string[] {
  const visited = visitedIds(move);
  const reported = move.decision.audit.passedOver ?? [];
  return move.decision.witness.run.slice(0, -1).flatMap(({ stepId }) => {
    const [before, after] = [old.step(stepId), now.step(stepId)];
    const hash = now.hash(stepId) ?? "";
    if (after === undefined || now.hasTwin(hash) || old.hasTwin(hash)) return [];
    const same = before !== undefined && old.hash(stepId) === hash;
    const hasEffect = after.checkpoint === true || after.requiredAction === true;
    const done = same && (visited.has(stepId) || reported.includes(stepId));
    const effects = hasEffect && !done ? [`${stepId} was skipped`] : [];
    if (after.skipWhen !== undefined) return effects;
    const owed = (after.collects ?? []).filter((field) => before?.collects?.includes(field) !== true);
    return [
      ...effects,
      ...owed.filter((field) => !knows(move, field)).map((field) => `${field} of ${stepId} is not known`),
    ];
  });
}

/** No passed checkpoint may run again, nor be left behind. */
function repeated(move: Move, { old, now }: Graphs): string[] {
  const { session, decision } = move;
  const target = decision.stepId;
  const passed = [...new Set(session.passedCheckpoints.map(({ stepId }) => stepId))];
  const run = decision.witness.run.map(({ stepId }) => stepId);
  const loop = old.after(session.stepId);
  return passed.flatMap((id) => {
    const hash = old.hash(id) ?? "";
    if (loop.has(id) || old.hasTwin(hash) || now.hasTwin(hash)) return [];
    if (now.hash(id) === undefined) return orphaned(move, now, id);
    if (now.hash(id) !== hash) return [];
    const broken: string[] = [];
    if (target === id && session.stepId !== id) broken.push(`the target is ${id}, which was passed`);
    if (now.after(target).has(id)) broken.push(`${id} could happen again`);
    const led = id === session.stepId || old.after(id).has(session.stepId);
    if (led && passed.length === 1 && !run.includes(id)) broken.push(`${id} is not on the run`);
    return broken;
  });
}

function orphaned({ session, decision }: Move, now: Graph, id: string): string[] {
  const silent = decision.reasons.includes("CHECKPOINT.ORPHANED") ? [] : [`${id} was orphaned in silence`];
  const target = decision.stepId;
  const first = session.stepHistory.findIndex(({ stepId }) => stepId === id);
  const later = session.stepHistory.slice(first + 1).map(({ stepId }) => stepId);
  const follows = later.some((stepId) => stepId === target || now.after(stepId).has(target));
  return target === session.stepId || follows ? silent : [...silent, `${target} does not follow from ${id}`];
}

/** Whoever stands on the run stays there, and nobody is led to the entry after a checkpoint. */
function displaced({ to, session, decision }: Move, { old, now }: Graphs): string[] {
  const { stepId } = session;
  const hash = old.hash(stepId) ?? "";
  if (decision.stepId === stepId || old.hasTwin(hash) || now.hasTwin(hash)) return [];
  const broken: string[] = [];
  const onRun = decision.witness.run.some((passed) => passed.stepId === stepId);
  if (onRun && now.hash(stepId) === hash) broken.push("the run passes the place that the session was taken from");
  const isEntry = decision.stepId === to.entry;
  if (isEntry && session.passedCheckpoints.length > 0)
    broken.push("the session was led to the entry after a checkpoint");
  if (isEntry && !now.ends(to.entry)) broken.push("the session was led back to the entry");
  return broken;
}
