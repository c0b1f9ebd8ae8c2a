import { benchDeciding, benchGrowth } from "./deciding.js";
import { benchDiffing } from "./diffing.js";
import { benchHashing } from "./hashing.js";
import { benchPeers } from "./peers.js";
import { benchReconciling } from "./reconciling.js";
import { lastResult } from "./rounds.js";

const quick = process.argv.includes("--quick");
const rounds = quick ? 5 : 9;

console.log(
  "goal what                                                    steps   median (   least ..    most) wanted   CPU ratios of one run",
);
for (const steps of quick ? [1000, 8000] : [50, 1000, 8000, 32_000, 100_000]) benchHashing(steps, rounds);
for (const steps of quick ? [500, 1000, 5000] : [50, 500, 1000, 8000, 32_000, 100_000]) benchDiffing(steps, rounds);
for (const steps of [50, 500, 5000]) benchDeciding(steps, rounds);
benchGrowth(rounds);
for (const steps of quick ? [500] : [500, 5000]) benchPeers(steps, rounds);
for (const steps of [50, 500, 5000]) await benchReconciling(steps, rounds);
if (lastResult() === undefined) process.exitCode = 70;
