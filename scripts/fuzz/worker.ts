import { inspect } from "node:util";
import { seededRandom } from "../../src/testing/random.js";
import { attempt } from "./attempt.js";
import { hostileTexts, hostileValues, mutated } from "./hostile.js";
import type { Target } from "./target.js";
import type { Orders, Part, Told } from "./watchdog.js";

const {
  module = new URL("./targets.ts", import.meta.url).href,
  only,
  seed,
  minutes,
  skip,
} = JSON.parse(process.argv[2] ?? "{}") as Orders;
const { targets } = (await import(module)) as { readonly targets: readonly Target[] };
const meant = targets.filter(({ name }) => !skip.includes(name) && (only === undefined || name.includes(only)));
/** Waits until it is told: what comes next may never end. */
const tell = (told: Told) => new Promise((resolve) => process.send?.(told, resolve));
/** What never answers is to be found from outside, not to end the process. */
const alive = setInterval(() => undefined, 60_000);
let tried = 0;

/** An input in few words: what it is, not all of it. */
function named(input: unknown): string {
  const options = { depth: 2, maxArrayLength: 3, maxStringLength: 80, breakLength: Number.POSITIVE_INFINITY };
  return inspect(input, options).slice(0, 300);
}

async function give({ target, part }: { readonly target: Target; readonly part: Part }, input: unknown): Promise<void> {
  tried += 1;
  await tell({ is: "next", target: target.name, part, n: tried, input: named(input) });
  const what = await attempt(target, input);
  if (what !== undefined) await tell({ is: "failed", target: target.name, part, what });
}

/** Every value and text of the corpus, and some documents that are nearly right. */
async function corpus(): Promise<void> {
  const random = seededRandom(seed);
  for (const target of meant) {
    const isCheap = !target.name.startsWith("regraft.");
    for (const input of isCheap ? [...hostileValues(), ...hostileTexts] : [])
      await give({ target, part: "value" }, input);
    for (let left = isCheap ? 10 : 4; left > 0; left -= 1)
      await give({ target, part: "document" }, mutated(target.sample, random));
  }
}

async function rounds(until: number): Promise<void> {
  const random = seededRandom(seed);
  while (Date.now() < until && meant.length > 0) {
    for (const target of meant) {
      const isDocument = random.chance(0.8);
      const input = isDocument ? mutated(target.sample, random) : random.pick([...hostileValues(), ...hostileTexts]);
      await give({ target, part: isDocument ? "document" : "value" }, input);
    }
  }
}

await (minutes === undefined ? corpus() : rounds(Date.now() + minutes * 60_000));
await tell({ is: "done", tried });
clearInterval(alive);
