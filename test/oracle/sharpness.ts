import { seededRandom } from "../../src/testing/random.js";
import { walkSession } from "../../src/testing/walk.js";
import { announcedIn, outcomeOf, outcomesOf, unannounced } from "./announced.js";
import { answered, decideTriple } from "./judge.js";
import { AT, makeTriple, type Triple } from "./triples.js";

/** How often what was announced for a step happened to one of many sessions there, by outcome. */
export interface Sharpness {
  readonly announced: number;
  readonly occurred: number;
  readonly byOutcome: Readonly<Record<string, { readonly announced: number; readonly occurred: number }>>;
  readonly outside: readonly string[];
}

/** Sessions that walk each pair of versions. */
const WALKERS = 60;
/** Steps where fewer sessions stand tell nothing. */
const LEAST_STANDING = 8;
const MAX_ROUNDS = 12;

/**
 * Sends many sessions through the same plans and compares what happened with what was announced. An announcement that says
 * everything everywhere would be sound and useless; this tells the two apart. `confirm` needs a conversation and is left out.
 */
export function sharpnessOf(options: { readonly plans: number; readonly seed: number }): Sharpness {
  const byOutcome: Record<string, { announced: number; occurred: number }> = {};
  const outside: string[] = [];
  for (let seed = options.seed; seed < options.seed + options.plans; seed += 1) {
    const { policy: _policy, forceKind: _force, keep: _keep, ...plan } = makeTriple(seed);
    const announced = announcedIn(plan);
    const happened = new Map<string, Set<string>>();
    const standing = new Map<string, number>();
    for (let walker = 0; walker < WALKERS; walker += 1) {
      const random = seededRandom(seed * 1000 + walker);
      let triple: Triple | undefined = walked(plan, seed * 1000 + walker);
      const stepId = triple.path.at(-1) ?? "";
      const seen = happened.get(stepId) ?? new Set<string>();
      happened.set(stepId, seen);
      standing.set(stepId, (standing.get(stepId) ?? 0) + 1);
      for (let round = 0; triple !== undefined && round < MAX_ROUNDS; round += 1) {
        const decided = decideTriple(triple);
        const found = unannounced(decided, announced);
        if (found !== undefined) outside.push(`${seed}: ${found}`);
        seen.add(outcomeOf(decided));
        triple = answered(decided, random);
      }
    }
    for (const [stepId, seen] of happened) {
      if ((standing.get(stepId) ?? 0) < LEAST_STANDING) continue;
      for (const outcome of outcomesOf(announced.outlook, stepId)) {
        if (outcome === "confirm") continue;
        const own = byOutcome[outcome] ?? { announced: 0, occurred: 0 };
        byOutcome[outcome] = own;
        own.announced += 1;
        if (seen.has(outcome)) own.occurred += 1;
      }
    }
  }
  const totals = Object.values(byOutcome);
  const sum = (part: "announced" | "occurred") => totals.reduce((all, own) => all + own[part], 0);
  return { announced: sum("announced"), occurred: sum("occurred"), byOutcome, outside };
}

/** Another session under the same plan. */
function walked(plan: Triple, seed: number): Triple {
  const random = seededRandom(seed ^ 0x5eed);
  const session = walkSession(plan.v1, {
    seed,
    id: "s",
    at: AT,
    jumpRate: random.chance(0.5) ? 0 : 0.3,
    repeatRate: random.chance(0.6) ? 0 : 0.2,
    silenceRate: 0.15,
  });
  const known: Record<string, unknown> = {};
  for (const name of ["age", "amount"]) if (random.chance(0.3)) known[name] = random.pick([5, 18, 50, 200]);
  if (random.chance(0.2)) known.member = random.chance(0.5);
  if (random.chance(0.2)) known.country = random.pick(["US", "FR"]);
  const roll = random.next();
  const kept = roll < 0.05 ? { keep: 0 } : roll < 0.12 ? { keep: 1 + random.integer(3) } : {};
  const path = session.stepHistory.map((visit) => visit.stepId);
  return { ...plan, ...kept, path, variables: { ...known, ...session.variables } };
}
