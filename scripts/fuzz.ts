import { parseArgs } from "node:util";
import { seededRandom } from "../src/testing/random.js";
import { attempt } from "./fuzz/attempt.js";
import { hostileTexts, hostileValues, mutated } from "./fuzz/hostile.js";
import { targets } from "./fuzz/targets.js";

// Gives hostile inputs to everything that takes what others have written, for some minutes: `npm run fuzz -- --minutes 10 --seed 7`.
const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "5" },
    seed: { type: "string", default: "1" },
    only: { type: "string" },
  },
});
const [minutes, seed] = [Number(values.minutes), Number(values.seed)];
const chosen = targets.filter(({ name }) => values.only === undefined || name.includes(values.only));

if (!(minutes > 0) || !Number.isSafeInteger(seed) || chosen.length === 0) {
  process.stderr.write("usage: npm run -s fuzz -- [--minutes N] [--seed N] [--only PART_OF_A_NAME]\n");
  process.exitCode = 2;
} else {
  const random = seededRandom(seed);
  const until = Date.now() + minutes * 60_000;
  const failures = new Set<string>();
  let tried = 0;
  while (Date.now() < until && failures.size < 20) {
    for (const target of chosen) {
      const input = random.chance(0.8)
        ? mutated(target.sample, random)
        : random.pick([...hostileValues(), ...hostileTexts]);
      const failure = await attempt(target, input);
      tried += 1;
      if (failure !== undefined) failures.add(failure);
    }
  }
  for (const failure of failures) process.stdout.write(`${failure}\n\n`);
  process.stdout.write(`${tried} inputs, ${chosen.length} targets, seed ${seed}, ${failures.size} failures\n`);
  if (failures.size > 0) process.exitCode = 1;
}
