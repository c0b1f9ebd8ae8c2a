import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { generateScenario } from "../src/testing/generate.js";
import { readPack } from "./flows/pack.js";
import { writeBetween } from "./flows/report.js";
import { editFlow, editNames, idRules } from "./matching/edits.js";
import { markEffects } from "./matching/marks.js";
import { measure } from "./matching/measure.js";
import { Sums } from "./matching/report.js";

const page = "docs/matching.md";

/** Matches edited versions of flows, whose truth is known, and counts what is right. */
function main(): void {
  const { values } = parseArgs({
    options: {
      data: { type: "string", default: process.env.REAL_FLOWS ?? "" },
      generated: { type: "string", default: "200" },
      seed: { type: "string", default: "1" },
      write: { type: "boolean", default: false },
    },
  });
  const [count, first] = [Number(values.generated), Number(values.seed)];
  if (!Number.isSafeInteger(count) || !Number.isSafeInteger(first)) {
    console.error("usage: match-quality.ts [--data DIR] [--generated N] [--seed N] [--write]");
    process.exitCode = 2;
    return;
  }
  const real = values.data === "" ? [] : readPack(resolve(values.data)).flows;
  const flows = [
    ...real.flatMap(({ id, versions }) =>
      versions.map(({ scenario }) => ({ source: id.split("-")[0] ?? id, scenario })),
    ),
    ...Array.from({ length: count }, (_, at) => ({
      source: "generated",
      scenario: generateScenario({ seed: at, id: `generated-${at}`, steps: 4 + (at % 20) }),
    })),
  ];
  const [bySource, byEdit, byIds] = [new Sums(), new Sums(), new Sums()];
  let seed = first;
  let wrong = 0;
  for (const edit of editNames) {
    for (const ids of idRules) {
      for (const { source, scenario } of flows) {
        for (const before of [scenario, markEffects(scenario, seed)]) {
          seed += 1;
          const measured = measure(before, editFlow(before, edit, ids, seed));
          bySource.add(source, measured);
          byEdit.add(edit, measured);
          byIds.add(ids, measured);
          wrong += measured.effects.wrong;
          for (const line of measured.wrong) console.log(`${edit}, ids ${ids}, ${scenario.id}, seed ${seed}: ${line}`);
        }
      }
    }
  }
  const tables = { edits: byEdit.table("edit"), ids: byIds.table("ids"), sources: bySource.table("flows") };
  for (const [name, lines] of Object.entries(tables)) {
    if (values.write) writeBetween(page, name, lines);
    console.log(lines.join("\n"));
  }
  process.exitCode = wrong === 0 ? 0 : 1;
}

main();
