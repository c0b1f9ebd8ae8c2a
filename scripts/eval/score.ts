import { checkEvidence } from "../../src/fill/evidence.js";
import type { ExtractedValue, Extractor } from "../../src/ports/extractor.js";
import { type EvalSession, type Gold, plain } from "./pack.js";

/** Counts of one type of field. "Sure" is used without confirmation, "used" includes what is confirmed first. */
export interface Tally {
  /** Fields with a value that is stated word for word. */
  stated: number;
  rightSure: number;
  rightUsed: number;
  sure: number;
  sureRight: number;
  used: number;
  usedRight: number;
  inferred: number;
  inferredRight: number;
  revised: number;
  revisedRight: number;
  revisedUsed: number;
  offered: number;
  offeredRight: number;
  /** Fields that were never stated, by kind. */
  unstated: Record<string, { fields: number; sure: number; used: number }>;
}

/** What one extractor did on all sessions. */
export interface Score {
  readonly name: string;
  readonly byType: ReadonlyMap<string, Tally>;
  readonly sessions: number;
  readonly millisecondsPerSession: number;
  readonly modelCalls: number;
}

/** From here on a value is used without confirmation, and from here on at all. */
const withoutConfirmation = 0.95;
const use = 0.85;

export function emptyTally(): Tally {
  return {
    stated: 0,
    rightSure: 0,
    rightUsed: 0,
    sure: 0,
    sureRight: 0,
    used: 0,
    usedRight: 0,
    inferred: 0,
    inferredRight: 0,
    revised: 0,
    revisedRight: 0,
    revisedUsed: 0,
    offered: 0,
    offeredRight: 0,
    unstated: {},
  };
}

/** Runs an extractor over the sessions. Only the default extractor's answers go through the evidence check, as the engine does it. */
export async function scoreExtractor(
  extractor: Extractor,
  sessions: readonly EvalSession[],
  at: string,
  checked: boolean,
): Promise<Score> {
  const byType = new Map<string, Tally>();
  let spent = 0;
  for (const session of sessions) {
    const request = { turns: session.turns, fields: session.gold.map(({ field }) => field), at };
    const began = performance.now();
    const answer = await extractor.extract(request);
    const values = checked ? (await checkEvidence(answer, request)).values : listOf(answer);
    spent += performance.now() - began;
    for (const gold of session.gold) {
      const value = values.find(({ field }) => field === gold.field.name);
      for (const key of [gold.type, "all"]) {
        const tally = byType.get(key) ?? emptyTally();
        byType.set(key, tally);
        count(tally, gold, value);
      }
    }
  }
  const calls = extractor.model === undefined ? 0 : sessions.length;
  return {
    name: extractor.name,
    byType,
    sessions: sessions.length,
    millisecondsPerSession: spent / sessions.length,
    modelCalls: calls,
  };
}

function listOf(answer: unknown): readonly ExtractedValue[] {
  return Array.isArray(answer) ? answer : [];
}

function count(tally: Tally, gold: Gold, value: ExtractedValue | undefined): void {
  const sure = value !== undefined && value.confidence >= withoutConfirmation;
  const used = value !== undefined && value.confidence >= use;
  const right = used && isRight(gold, value);
  tally.sure += Number(sure);
  tally.used += Number(used);
  tally.sureRight += Number(sure && right);
  tally.usedRight += Number(right);
  if (gold.negative !== undefined) {
    const kind = tally.unstated[gold.negative] ?? { fields: 0, sure: 0, used: 0 };
    tally.unstated[gold.negative] = {
      fields: kind.fields + 1,
      sure: kind.sure + Number(sure),
      used: kind.used + Number(used),
    };
    return;
  }
  if (gold.inferred) {
    tally.inferred += 1;
    tally.inferredRight += Number(right);
    return;
  }
  tally.stated += 1;
  tally.rightSure += Number(sure && right);
  tally.rightUsed += Number(right);
  if (gold.revised) {
    tally.revised += 1;
    tally.revisedRight += Number(right);
    tally.revisedUsed += Number(used);
  }
  if (gold.offered) {
    tally.offered += 1;
    tally.offeredRight += Number(right);
  }
}

/** The value, or the words it was read from, are one of the accepted forms. */
function isRight({ accept }: Gold, { value, quote }: ExtractedValue): boolean {
  return accept.includes(plain(String(value))) || accept.includes(plain(quote));
}
