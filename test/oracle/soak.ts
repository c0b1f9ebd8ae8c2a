import { seededRandom } from "../../src/testing/random.js";
import { answered, complaints, type Decided, decideTriple } from "./judge.js";
import { show, shrink } from "./shrink.js";
import { makeTriple, type Triple } from "./triples.js";

/** How often a session may be asked before its move. */
const MAX_ROUNDS = 12;

/** A disagreement between the engine and the oracle, cut down as far as it stays. */
export interface Disagreement {
  readonly seed: number;
  readonly complaint: string;
  readonly triple: Triple;
}

/** What came out of a number of triples. */
export interface Soak {
  readonly triples: number;
  readonly decisions: number;
  readonly byAction: Readonly<Record<string, number>>;
  readonly disagreements: readonly Disagreement[];
}

/** Decides every triple, answers its questions until it is settled, and asks the oracle each time. */
export function soak(options: { readonly triples: number; readonly seed: number; readonly most?: number }): Soak {
  const byAction: Record<string, number> = {};
  const disagreements: Disagreement[] = [];
  let decisions = 0;
  for (let seed = options.seed; seed < options.seed + options.triples; seed += 1) {
    for (const decided of roundsOf(seed)) {
      const { action } = decided.decision;
      decisions += 1;
      byAction[action] = (byAction[action] ?? 0) + 1;
      const [complaint] = complaints(decided);
      if (complaint !== undefined) disagreements.push({ seed, complaint, triple: cut(decided, complaint) });
    }
    if (disagreements.length >= (options.most ?? 20)) break;
  }
  return { triples: options.triples, decisions, byAction, disagreements };
}

/** The decisions of one seed: each answers the question of the one before. */
export function* roundsOf(seed: number): Generator<Decided> {
  const random = seededRandom(seed);
  let triple: Triple | undefined = makeTriple(seed);
  for (let round = 0; triple !== undefined && round < MAX_ROUNDS; round += 1) {
    const decided = decideTriple(triple);
    yield decided;
    triple = answered(decided, random);
  }
}

/** A disagreement as a person reads it. */
export function report({ seed, complaint, triple }: Disagreement): string {
  return `seed ${seed}: ${complaint}\n${show(triple)}\n${JSON.stringify(decideTriple(triple).decision)}`;
}

function cut({ triple, decision }: Decided, complaint: string): Triple {
  const kindOf = (text: string) => text.split(":")[0];
  return shrink(triple, (smaller) => {
    const decided = decideTriple(smaller);
    return (
      decided.decision.action === decision.action &&
      complaints(decided).some((found) => kindOf(found) === kindOf(complaint))
    );
  });
}
