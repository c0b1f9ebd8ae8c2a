import type { Matching } from "../diff/matching.js";
import type { CompiledScenario } from "../scenario/compile.js";
import { componentsOf } from "../scenario/components.js";
import { dominatorTreeOf } from "../scenario/dominators.js";

/** Checkpoints looked at together, one bit each. */
const TOGETHER = 30;
/** Blocks that are looked at one by one; the checkpoints of further ones count together, as if any of them could be passed. */
const MAX_BLOCKS = 4;
/** The search for a run tells this many checkpoints apart that some runs leave out. */
const MAX_APART = 12;

/** What passed checkpoints can do to a session on an old step that stays on a step of the new version. */
export interface CheckpointRisk {
  /** One could happen again after the step. */
  readonly repeats: boolean;
  /** The same, and without a history it is open whether it was passed. */
  readonly unproven: boolean;
  /** No run to the step need contain one. */
  readonly offRun: boolean;
}

/** Bits by step, for one block of checkpoints. */
interface Block {
  readonly all: number;
  /** By old step: those that can come after it. */
  readonly comesAfter: Int32Array;
  /** By old step: those that can come before it. */
  readonly comesBefore: Int32Array;
  /** By new step: those whose image can come after it. */
  readonly leadsTo: Int32Array;
  /** By new step: those whose image every run to it passes, or that have none. */
  readonly onEvery: Int32Array;
  /** By new step: those that it is the image of. */
  readonly here: Int32Array;
  /** By old step: the checkpoint that it is. */
  readonly own: Int32Array;
}

/** Answers for pairs of an old and a new step, what passed checkpoints can do. */
export class CheckpointRisks {
  readonly #blocks: readonly Block[];
  readonly #total: number;
  /** Having passed one of them counts for no step of the new version. */
  readonly #isOrphaned: boolean;

  /**
   * @param allowRepeat - ids of old steps that may be repeated
   * @remarks O(V + E) for each thirty checkpoints, up to four times; the checkpoints beyond are taken together.
   */
  constructor(m: Matching, allowRepeat: ReadonlySet<string>) {
    const checkpoints = m.from.steps.flatMap((step, at) => (step.checkpoint === true ? [at] : []));
    const once = checkpoints.filter((at) => !allowRepeat.has(m.from.steps[at]?.id ?? ""));
    const groups: number[][] = once.slice(0, MAX_BLOCKS * TOGETHER).map((step) => [step]);
    const rest = once.slice(groups.length);
    if (rest.length > 0) groups[groups.length - 1]?.push(...rest);
    const blocks: Block[] = [];
    for (let at = 0; at < groups.length; at += TOGETHER) blocks.push(blockOf(m, groups.slice(at, at + TOGETHER)));
    this.#blocks = blocks;
    this.#total = checkpoints.length;
    this.#isOrphaned = checkpoints.some((at) => imagesOf(m, at).length === 0);
  }

  /** What passed checkpoints can do to sessions on `old` that are to stay on `now`. */
  staying(old: number, now: number): CheckpointRisk {
    let [repeats, unproven, offRun] = [false, false, false];
    for (const block of this.#blocks) {
      const once = block.all & ~(block.comesAfter[old] ?? 0);
      const own = block.own[old] ?? 0;
      const again = once & ((block.leadsTo[now] ?? 0) | ((block.here[now] ?? 0) & ~own));
      const before = (block.comesBefore[old] ?? 0) | own;
      repeats ||= again !== 0;
      unproven ||= (again & before) !== 0;
      offRun ||= (once & before & ~(block.onEvery[now] ?? 0)) !== 0;
    }
    return { repeats, unproven, offRun };
  }

  /** Whether a session on an old step can have passed a checkpoint that ties it when it is led elsewhere. */
  tied(old: number): boolean {
    return this.#isOrphaned || this.#blocks.some((block) => (block.all & ~(block.comesAfter[old] ?? 0)) !== 0);
  }

  /** Whether there are more checkpoints than a search for runs tells apart. */
  get isCrowded(): boolean {
    return this.#total > MAX_APART;
  }
}

function blockOf(m: Matching, groups: readonly (readonly number[])[]): Block {
  const { from, to } = m;
  const images = groups.map((group) => group.flatMap((old) => imagesOf(m, old)));
  const single = (group: readonly number[]) => group.length === 1;
  const [exact, imagesOfExact] = [groups.map((group) => (single(group) ? group : [])), images];
  return {
    all: 2 ** groups.length - 1,
    comesAfter: leaders(from, exact),
    comesBefore: followers(from, groups),
    leadsTo: leaders(to, imagesOfExact),
    onEvery: onEvery(
      to,
      images.map((steps, bit) => ({ steps, exact: single(groups[bit] ?? []) })),
    ),
    here: seeded(to.size, images),
    own: seeded(from.size, exact),
  };
}

/** The new steps that having passed an old checkpoint counts for. */
function imagesOf(m: Matching, old: number): readonly number[] {
  const pair = m.imageOf[old];
  if (pair !== undefined) return pair.effect ? [pair.to] : [];
  return m.ambiguous.get(old) ?? [];
}

function seeded(size: number, groups: readonly (readonly number[])[]): Int32Array {
  const bits = new Int32Array(size);
  for (const [bit, steps] of groups.entries()) for (const step of steps) bits[step] = (bits[step] ?? 0) | (1 << bit);
  return bits;
}

/** By step: which groups some way out of it leads to. */
function leaders(c: CompiledScenario, groups: readonly (readonly number[])[]): Int32Array {
  const { component, count, order } = componentsOf(c);
  const seeds = seeded(c.size, groups);
  const inside = new Int32Array(count);
  for (const step of order) {
    const own = component[step] ?? 0;
    for (const next of c.outs[step] ?? [])
      inside[own] = (inside[own] ?? 0) | (seeds[next] ?? 0) | (inside[component[next] ?? 0] ?? 0);
  }
  const bits = new Int32Array(c.size);
  for (let step = 0; step < c.size; step += 1) {
    let found = 0;
    for (const next of c.outs[step] ?? []) found |= (seeds[next] ?? 0) | (inside[component[next] ?? 0] ?? 0);
    bits[step] = found;
  }
  return bits;
}

/** By step: which groups lead to it. */
function followers(c: CompiledScenario, groups: readonly (readonly number[])[]): Int32Array {
  const { component, count, order } = componentsOf(c);
  const seeds = seeded(c.size, groups);
  const inside = new Int32Array(count);
  for (let at = order.length - 1; at >= 0; at -= 1) {
    const step = order[at] ?? 0;
    const own = component[step] ?? 0;
    inside[own] = (inside[own] ?? 0) | (seeds[step] ?? 0);
  }
  for (let at = order.length - 1; at >= 0; at -= 1) {
    const step = order[at] ?? 0;
    const own = inside[component[step] ?? 0] ?? 0;
    for (const next of c.outs[step] ?? []) {
      const to = component[next] ?? 0;
      inside[to] = (inside[to] ?? 0) | own;
    }
  }
  return component.map((own) => inside[own] ?? 0);
}

/** By step: groups of which it or a dominator of it is one, and groups that have no step. */
function onEvery(
  c: CompiledScenario,
  groups: readonly { readonly steps: readonly number[]; readonly exact: boolean }[],
): Int32Array {
  const bits = seeded(
    c.size,
    groups.map(({ steps, exact }) => (exact ? steps : [])),
  );
  let none = 0;
  for (const [bit, { steps }] of groups.entries()) if (steps.length === 0) none |= 1 << bit;
  for (const step of dominatorTreeOf(c).preorder) {
    const parent = c.idom[step] ?? -1;
    bits[step] = (bits[step] ?? 0) | none | (parent >= 0 ? (bits[parent] ?? 0) : 0);
  }
  return bits;
}
