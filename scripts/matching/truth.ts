import type { CompiledScenario } from "../../src/scenario/compile.js";

/** A pair that was found, with the steps that would have been right. */
export interface Answer {
  readonly old: number;
  readonly now: number;
  /** New steps that the old one truly is; empty if it is gone. */
  readonly right: readonly number[];
}

/** What is known about two versions, to judge pairs by. */
export interface Known {
  readonly from: CompiledScenario;
  readonly to: CompiledScenario;
  /** By new step: the old steps that it truly is. */
  readonly origin: ReadonlyMap<number, readonly number[]>;
}

/**
 * The answers that are wrong.
 *
 * An answer is right when it is the true pair. It is also right when nobody could tell the difference, since ids mean nothing:
 *
 * - an added step of equal content, where the old step is gone or says something else now: that is a move, because content is
 *   what a step is;
 * - a step of equal content that stands in the very place of the old one: all its ways in and out, with their conditions, come
 *   from and lead to right images of the old neighbours. Two equal steps that changed places have changed nothing;
 * - a symmetry: some way of putting the new version onto itself (contents, conditions, order of evaluation and entry are kept)
 *   takes the true images of all answered steps to the answers, or one of the old version takes the steps to each other. It has
 *   to hold for all answers at once.
 */
export function wrongAnswers(known: Known, answers: readonly Answer[]): Answer[] {
  const isMove = ({ old, now, right }: Answer): boolean =>
    !known.origin.has(now) &&
    known.from.hashes[old] === known.to.hashes[now] &&
    right.every((step) => known.from.hashes[old] !== known.to.hashes[step]);
  const placed = inPlace(known, answers);
  const judged = answers.filter((answer) => !isMove(answer) && !placed.has(answer));
  if (areRight(known, judged)) return [];
  const sure = judged.filter(({ now, right }) => right.includes(now));
  const wrong: Answer[] = [];
  for (const answer of judged) {
    if (answer.right.includes(answer.now)) continue;
    if (areRight(known, [...sure, answer])) sure.push(answer);
    else wrong.push(answer);
  }
  return wrong;
}

/** The answers that are not the true ones, yet have equal content and stand where the old step stood. */
function inPlace({ from, to }: Known, answers: readonly Answer[]): Set<Answer> {
  const given = new Map<number, number>();
  for (const { now } of answers) given.set(now, (given.get(now) ?? 0) + 1);
  const isCandidate = ({ old, now, right }: Answer): boolean =>
    !right.includes(now) && from.hashes[old] === to.hashes[now] && given.get(now) === 1;
  const assumed = new Set(answers.filter(isCandidate));
  for (;;) {
    const image = new Map(
      answers.flatMap((answer): [number, number][] =>
        assumed.has(answer) || answer.right.includes(answer.now) ? [[answer.old, answer.now]] : [],
      ),
    );
    const gone = [...assumed].filter(
      ({ old, now }) => placeOf(from, old, (step) => image.get(step)) !== placeOf(to, now, (step) => step),
    );
    if (gone.length === 0) return assumed;
    for (const answer of gone) assumed.delete(answer);
  }
}

function placeOf(c: CompiledScenario, step: number, nameOf: (step: number) => number | undefined): string {
  const when = (way: CompiledScenario["ways"][number][number]): string =>
    `${way.condition?.canonical ?? ""}|${way.conditionText ?? ""}|${way.isElse}`;
  const leaving = (c.ways[step] ?? []).map((way) => `>${when(way)}|${nameOf(way.to)}`);
  const arriving = (c.ins[step] ?? []).flatMap((source) =>
    (c.ways[source] ?? []).filter((way) => way.to === step).map((way) => `<${when(way)}|${nameOf(source)}`),
  );
  return JSON.stringify([step === c.entry, leaving.sort(), arriving.sort()]);
}

function areRight({ from, to, origin }: Known, answers: readonly Answer[]): boolean {
  if (answers.every(({ now, right }) => right.includes(now))) return true;
  const inNew = answers.map(({ now, right }) => ({ now, was: right.includes(now) ? now : right[0] }));
  if (inNew.every(({ was }) => was !== undefined)) {
    const pairs = inNew.flatMap(({ now, was }): [number, number][] => (was === undefined ? [] : [[was, now]]));
    if (isSymmetry(to, pairs)) return true;
  }
  const inOld = answers.map(({ old, now }) => {
    const olds = origin.get(now) ?? [];
    return { old, was: olds.includes(old) ? old : olds[0] };
  });
  if (!inOld.every(({ was }) => was !== undefined)) return false;
  return isSymmetry(
    from,
    inOld.flatMap(({ old, was }): [number, number][] => (was === undefined ? [] : [[was, old]])),
  );
}

/**
 * Whether a version looks the same after each first step took the place of its second: by colour refinement of two copies, in
 * which the steps of one pair start with one colour.
 */
function isSymmetry(c: CompiledScenario, pairs: readonly (readonly [number, number])[]): boolean {
  if (new Set(pairs.map(([was]) => was)).size !== new Set(pairs.map(([, now]) => now)).size) return false;
  const start = (at: 0 | 1): string[] => {
    const marks = new Map<number, number[]>();
    for (const [place, pair] of pairs.entries()) marks.set(pair[at], [...(marks.get(pair[at]) ?? []), place]);
    return c.hashes.map((hash, step) => `${hash}|${step === c.entry}|${marks.get(step)?.join(",") ?? ""}`);
  };
  let [one, other] = [start(0), start(1)];
  let colours = 0;
  for (;;) {
    const numbers = new Map<string, number>();
    const number = (text: string): string => {
      const known = numbers.get(text) ?? numbers.size;
      numbers.set(text, known);
      return String(known);
    };
    [one, other] = [one.map(number), other.map(number)];
    if ([...one].sort().join() !== [...other].sort().join()) return false;
    if (numbers.size === colours) return true;
    colours = numbers.size;
    [one, other] = [refined(c, one), refined(c, other)];
  }
}

function refined(c: CompiledScenario, colours: readonly string[]): string[] {
  const arriving: string[][] = colours.map(() => []);
  const leaving = c.ways.map((ways, step) =>
    ways.map((way, at) => {
      const when = `${way.open ? "open" : at}|${way.condition?.canonical ?? ""}|${way.conditionText ?? ""}|${way.isElse}`;
      arriving[way.to]?.push(`${when}<${colours[step]}`);
      return `${when}>${colours[way.to]}`;
    }),
  );
  return colours.map((own, step) => JSON.stringify([own, leaving[step]?.sort(), arriving[step]?.sort()]));
}
