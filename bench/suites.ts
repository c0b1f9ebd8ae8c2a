import { decideSuite } from "./decide.js";
import { diffSuite } from "./diff.js";
import { engineSuite } from "./engine.js";
import { growthSuite } from "./growth.js";
import { hashSuite } from "./hash.js";
import { naiveSuite } from "./naive.js";
import { planSuite } from "./plan.js";
import type { Bench } from "./report.js";
import { storeSuite } from "./store.js";
import { xstateSuite } from "./xstate.js";

/** All suites, by name. */
export const suites: Readonly<Record<string, (bench: Bench) => Promise<void>>> = {
  hash: hashSuite,
  diff: diffSuite,
  naive: naiveSuite,
  plan: planSuite,
  growth: growthSuite,
  decide: decideSuite,
  xstate: xstateSuite,
  engine: engineSuite,
  store: storeSuite,
};
