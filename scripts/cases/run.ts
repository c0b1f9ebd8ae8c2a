import { isRegraftError } from "./api.js";
import { type Actual, type Case, isLoose, type Loose } from "./case.js";
import { errorWord } from "./errors.js";
import { versionsOf } from "./graphs.js";
import { outcomeOf } from "./outcome.js";
import { play } from "./play.js";
import { manyPlans } from "./run-bulk.js";
import { differences } from "./run-diff.js";
import { fillField } from "./run-fill.js";
import { hashes } from "./run-hash.js";
import { type Command, readScript } from "./script.js";
import { World } from "./world.js";

const comparisons = new Set(["anchors", "upstream", "downstream", "classify", "diff"]);

/** Plays one case and tells what happened. A refusal of the library is an outcome, not a failure. */
export async function runCase(one: Case): Promise<Actual> {
  try {
    return await perform(one);
  } catch (error) {
    if (!isRegraftError(error)) throw error;
    return { error: errorWord(error.code), errorCode: error.code, message: error.message };
  }
}

async function perform(one: Case): Promise<Actual> {
  const { kind, given, when } = one;
  if (kind === "hash") return hashes(given);
  if (comparisons.has(kind)) return differences({ ...given, side: kind });
  const commands = readScript(when);
  if (Array.isArray(given.plans) && given.plans.every((group) => isLoose(group) && group.count !== undefined))
    return manyPlans(given, commands);
  if (kind === "gapfill" && versionsOf(given).length === 0) return fillField(given);
  return playFlow(one, commands);
}

async function playFlow({ kind, given, when }: Case, commands: readonly Command[]): Promise<Actual> {
  const started = performance.now();
  const world = new World(kind === "scope" ? withTarget(given) : given, when);
  const trace = await play(world, kind === "scope" ? eligibility : commands);
  return { ...(await outcomeOf(world, trace, kind)), milliseconds: performance.now() - started };
}

/** Who is eligible shows in who is marked when a plan with that scope is deployed. */
const eligibility: readonly Command[] = [{ verb: "deploy", words: "deploy", everyHop: true }];

/** A case about a scope may give the old version only: the new one is then the same flow once more. */
function withTarget(given: Loose): Loose {
  const graphs = versionsOf(given);
  const [only] = graphs;
  return only === undefined || graphs.length > 1
    ? given
    : { ...given, v2: { ...only, version: Number(only.version) + 1 } };
}
