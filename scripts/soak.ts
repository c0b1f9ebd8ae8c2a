import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { sharpnessOf } from "../test/oracle/sharpness.js";
import { playPart, playParts } from "./soak/parts.js";

/** Plans through which many sessions are sent, to see how much of what is announced happens. */
const PLANS = 200;

const { values } = parseArgs({
  options: {
    triples: { type: "string", default: "200000" },
    seed: { type: "string", default: "1" },
    most: { type: "string", default: "20" },
    processes: { type: "string", default: String(availableParallelism()) },
    chains: { type: "boolean", default: false },
    part: { type: "boolean", default: false },
  },
});
const numbers = [values.triples, values.seed, values.most, values.processes].map(Number);
const [triples = 0, seed = 0, most = 0, processes = 0] = numbers;
const { chains } = values;

if (!numbers.every(Number.isSafeInteger) || triples < 1 || processes < 1) {
  process.stderr.write("usage: npm run -s soak -- [--triples N] [--seed N] [--most N] [--processes N] [--chains]\n");
  process.exitCode = 2;
} else if (values.part) {
  process.stdout.write(JSON.stringify(playPart({ triples, seed, most, chains })));
} else {
  const start = performance.now();
  const result = await playParts({ triples, seed, most, chains }, Math.min(processes, triples));
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  for (const disagreement of [...result.disagreements, ...result.outside]) process.stdout.write(`${disagreement}\n\n`);
  const agreed = result.decisions - result.disagreements.length;
  process.stdout.write(
    `${triples} triples, ${result.decisions} decisions, ${agreed} agreements, ${result.disagreements.length} disagreements, ${result.outside.length} outside announced, ${seconds} s\n`,
  );
  process.stdout.write(`${JSON.stringify(result.byAction)}\n`);
  if (!chains) {
    const { announced, occurred, byOutcome } = sharpnessOf({ plans: PLANS, seed });
    const share = ((100 * occurred) / announced).toFixed(1);
    process.stdout.write(`of ${announced} outcomes announced in ${PLANS} plans, ${occurred} occurred (${share} %)\n`);
    process.stdout.write(`${JSON.stringify(byOutcome)}\n`);
  }
  process.exitCode = result.disagreements.length + result.outside.length > 0 ? 1 : 0;
}
