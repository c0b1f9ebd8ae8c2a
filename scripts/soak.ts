import { parseArgs } from "node:util";
import { sharpnessOf } from "../test/oracle/sharpness.js";
import { report, soak } from "../test/oracle/soak.js";

/** Plans through which many sessions are sent, to see how much of what is announced happens. */
const PLANS = 200;

const { values } = parseArgs({
  options: {
    triples: { type: "string", default: "200000" },
    seed: { type: "string", default: "1" },
    most: { type: "string", default: "20" },
    chains: { type: "boolean", default: false },
  },
});
const [triples, seed, most] = [Number(values.triples), Number(values.seed), Number(values.most)];

if (![triples, seed, most].every(Number.isSafeInteger)) {
  process.stderr.write("usage: npm run -s soak -- [--triples N] [--seed N] [--most N] [--chains]\n");
  process.exitCode = 2;
} else {
  const start = performance.now();
  const result = soak({ triples, seed, most, chains: values.chains });
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  for (const disagreement of [...result.disagreements, ...result.outside])
    process.stdout.write(`${report(disagreement)}\n\n`);
  const agreed = result.decisions - result.disagreements.length;
  process.stdout.write(
    `${triples} triples, ${result.decisions} decisions, ${agreed} agreements, ${result.disagreements.length} disagreements, ${result.outside.length} outside announced, ${seconds} s\n`,
  );
  process.stdout.write(`${JSON.stringify(result.byAction)}\n`);
  if (!values.chains) {
    const { announced, occurred, byOutcome } = sharpnessOf({ plans: PLANS, seed });
    const share = ((100 * occurred) / announced).toFixed(1);
    process.stdout.write(`of ${announced} outcomes announced in ${PLANS} plans, ${occurred} occurred (${share} %)\n`);
    process.stdout.write(`${JSON.stringify(byOutcome)}\n`);
  }
  process.exitCode = result.disagreements.length + result.outside.length > 0 ? 1 : 0;
}
