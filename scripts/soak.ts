import { parseArgs } from "node:util";
import { report, soak } from "../test/oracle/soak.js";

const { values } = parseArgs({
  options: {
    triples: { type: "string", default: "200000" },
    seed: { type: "string", default: "1" },
    most: { type: "string", default: "20" },
  },
});
const [triples, seed, most] = [Number(values.triples), Number(values.seed), Number(values.most)];

if (![triples, seed, most].every(Number.isSafeInteger)) {
  process.stderr.write("usage: npm run -s soak -- [--triples N] [--seed N] [--most N]\n");
  process.exitCode = 2;
} else {
  const start = performance.now();
  const result = soak({ triples, seed, most });
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  for (const disagreement of result.disagreements) process.stdout.write(`${report(disagreement)}\n\n`);
  const agreed = result.decisions - result.disagreements.length;
  process.stdout.write(
    `${triples} triples, ${result.decisions} decisions, ${agreed} agreements, ${result.disagreements.length} disagreements, ${seconds} s\n`,
  );
  process.stdout.write(`${JSON.stringify(result.byAction)}\n`);
  process.exitCode = result.disagreements.length > 0 ? 1 : 0;
}
