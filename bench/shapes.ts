import type { Scenario, Step, Transition } from "../src/contracts/types.js";
import { type Random, seededRandom } from "../src/testing/random.js";

/** Graphs that are unlike flows, to see that nothing depends on their being a chain. Each leads from every step on to later ones. */
export const shapes = {
  chain: (at: number) => [at + 1],
  ladder: (at: number) => (at % 2 === 0 ? [at + 1, at + 2] : [at + 1, at + 2]),
  layers: (at: number, random: Random) => {
    const next = (Math.floor(at / 32) + 1) * 32;
    return [next + random.integer(32), next + random.integer(32), next + (at % 32)];
  },
  dag: (at: number, random: Random) => [at + 1, at + 1 + random.integer(200), at + 1 + random.integer(2000)],
  loop: (at: number, random: Random, size: number) => [at + 1 === size ? 0 : at + 1, random.integer(size)],
} as const;

/** The name of a shape. */
export type Shape = keyof typeof shapes;

/**
 * Two versions of a shape; in the second, of every hundred steps one is inserted, one reworded, and one way is moved.
 *
 * @param size - the number of steps of the first version
 */
export function shapedPair(shape: Shape, size: number): { from: Scenario; to: Scenario } {
  const random = seededRandom(size);
  const steps = Array.from({ length: size }, (_, at) => stepOf(at));
  const transitions = steps.flatMap((_, at) => waysOf(at, shapes[shape](at, random, size), size));
  const from: Scenario = { id: shape, version: 1, entry: "s0", steps, transitions };
  const added = steps
    .filter((_, at) => at % 100 === 10)
    .map((step): Step => ({ id: `new-${step.id}`, name: `New ${step.id}` }));
  const to: Scenario = {
    ...from,
    version: 2,
    steps: [...steps.map((step, at) => (at % 100 === 50 ? { ...step, description: "reworded" } : step)), ...added],
    transitions: transitions.flatMap((way) => changed(way, size)),
  };
  return { from, to };
}

function stepOf(at: number): Step {
  const id = `s${at}`;
  return at % 5 === 0 ? { id, name: `Step ${at}`, collects: [`field${at % 20}`] } : { id, name: `Step ${at}` };
}

function waysOf(at: number, targets: readonly number[], size: number): Transition[] {
  const distinct = [...new Set(targets.filter((to) => to < size && to !== at))];
  const last = distinct.length - 1;
  return distinct.map((to, i): Transition => {
    const ends = { from: `s${at}`, to: `s${to}` };
    return i === last ? (last > 0 ? { ...ends, else: true } : ends) : { ...ends, condition: `field${i} > ${at % 7}` };
  });
}

/** Ways of every hundredth step go over an inserted one; of every hundredth another, they go one further. */
function changed(way: Transition, size: number): Transition[] {
  const at = Number(way.from.slice(1));
  const isLast = way.condition === undefined;
  if (at % 100 === 10 && isLast)
    return [
      { ...way, to: `new-${way.from}` },
      { from: `new-${way.from}`, to: way.to },
    ];
  const further = Number(way.to.slice(1)) + 1;
  return at % 100 === 80 && isLast && further < size ? [{ ...way, to: `s${further}` }] : [way];
}
