import { seededRandom } from "../../src/testing/random.js";
import { type Announced, announcedIn, unannounced } from "./announced.js";
import { answered, complaints, type Decided, decideTriple } from "./judge.js";
import { unneeded } from "./minimum.js";
import { show, shrink } from "./shrink.js";
import { makeChain, makeTriple, type Triple } from "./triples.js";

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
  /** Outcomes that the plan had not announced for the session's step; chains have no plan that announces. */
  readonly outside: readonly Disagreement[];
}

/** What is decided: triples of two versions and a walker, or walkers that meet a chain of up to eight versions. */
export interface SoakOptions {
  readonly triples: number;
  readonly seed: number;
  readonly most?: number;
  readonly chains?: boolean;
}

/** Decides every triple, answers its questions until it is settled, and asks the oracle each time. */
export function soak(options: SoakOptions): Soak {
  const byAction: Record<string, number> = {};
  const disagreements: Disagreement[] = [];
  const outside: Disagreement[] = [];
  let decisions = 0;
  for (let seed = options.seed; seed < options.seed + options.triples; seed += 1) {
    const rounds: Decided[] = [];
    let announced: Announced | undefined;
    for (const decided of roundsOf(seed, options.chains === true ? makeChain : makeTriple)) {
      const { action } = decided.decision;
      rounds.push(decided);
      decisions += 1;
      byAction[action] = (byAction[action] ?? 0) + 1;
      const [complaint] = complaints(decided);
      if (complaint !== undefined) disagreements.push({ seed, complaint, triple: cut(decided, complaint, complaints) });
      if (options.chains === true) continue;
      announced ??= announcedIn(decided.triple);
      const found = unannounced(decided, announced);
      if (found !== undefined) outside.push({ seed, complaint: found, triple: cut(decided, found, surprises) });
    }
    const asked = unneeded(rounds);
    const [first] = rounds;
    if (asked !== undefined && first !== undefined)
      disagreements.push({ seed, complaint: asked, triple: first.triple });
    if (disagreements.length + outside.length >= (options.most ?? 20)) break;
  }
  return { triples: options.triples, decisions, byAction, disagreements, outside };
}

/** The decisions of one seed: each answers the question of the one before. */
export function* roundsOf(seed: number, make: (seed: number) => Triple = makeTriple): Generator<Decided> {
  const random = seededRandom(seed);
  let triple: Triple | undefined = make(seed);
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

function surprises(decided: Decided): string[] {
  const found = unannounced(decided);
  return found === undefined ? [] : [found];
}

/** Cuts a triple down as far as the same is found in it. */
function cut({ triple, decision }: Decided, complaint: string, check: (decided: Decided) => string[]): Triple {
  const kindOf = (text: string) => text.split(":")[0];
  return shrink(triple, (smaller) => {
    const decided = decideTriple(smaller);
    return (
      decided.decision.action === decision.action && check(decided).some((found) => kindOf(found) === kindOf(complaint))
    );
  });
}
