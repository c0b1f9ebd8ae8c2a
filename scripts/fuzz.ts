import { parseArgs } from "node:util";
import { targets } from "./fuzz/targets.js";
import { watched } from "./fuzz/watchdog.js";

// Gives hostile inputs to everything that takes what others have written, for some minutes: `npm run fuzz -- --minutes 10 --seed 7`.
const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "5" },
    seed: { type: "string", default: "1" },
    only: { type: "string" },
    silence: { type: "string", default: "20" },
  },
});
const [minutes, seed, silence] = [Number(values.minutes), Number(values.seed), Number(values.silence)];
const chosen = targets.filter(({ name }) => values.only === undefined || name.includes(values.only));

if (!(minutes > 0) || !(silence > 0) || !Number.isSafeInteger(seed) || chosen.length === 0) {
  process.stderr.write(
    "usage: npm run -s fuzz -- [--minutes N] [--seed N] [--only PART_OF_A_NAME] [--silence SECONDS]\n",
  );
  process.exitCode = 2;
} else {
  const only = values.only === undefined ? {} : { only: values.only };
  const { tried, failures } = await watched({ ...only, seed, minutes, silenceMs: silence * 1000 });
  for (const { what } of failures) process.stdout.write(`${what}\n\n`);
  process.stdout.write(`${tried} inputs, ${chosen.length} targets, seed ${seed}, ${failures.length} failures\n`);
  if (failures.length > 0) process.exitCode = 1;
}
