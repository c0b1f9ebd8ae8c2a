import { buildPlan } from "../src/plan/build.js";
import { race } from "./measure.js";
import { type Bench, timesOf } from "./report.js";
import { type Versions, versions } from "./versions.js";

const createdAt = "2026-03-01T09:00:00Z";
const read = "bound: read V2 from JSON";
const build = "build the plan: map, lint, summary, digest";

/** What it takes to make a plan, and how large it is. */
export async function planSuite({ isQuick, emit }: Bench): Promise<void> {
  for (const size of isQuick ? [50, 500, 5000] : [50, 500, 5000, 32_000, 100_000]) {
    for (const touched of [0.01, 0.1]) {
      const pair = versions({ seed: 1, steps: size, touched });
      const json = JSON.stringify(pair.to.scenario);
      const what = `plan bytes / bytes of V2, ${touched * 100} % changed`;
      const value = JSON.stringify(planOf(pair)).length / json.length;
      emit({ suite: "plan", size, what, value, goal: { id: "G4", atMost: 2.5, isGate: true } });
      if (touched > 0.01) continue;
      const contenders = [
        { name: read, run: () => JSON.parse(json) as unknown },
        { name: build, run: () => planOf(pair) },
      ];
      const measured = await race(contenders, { rounds: size > 10_000 ? 5 : 9 });
      for (const row of timesOf("plan", size, [read, build], measured)) emit(row);
    }
  }
}

function planOf({ from, to }: Versions) {
  return buildPlan({ tenantId: "", id: "plan", from, to, createdAt });
}
