import { digestOf } from "../hash/digest.js";
import type { Judge, JudgeRequest } from "../ports/judge.js";
import { verdictIn } from "./judge-verdict.js";

type Answer = Awaited<ReturnType<Judge["judge"]>>;

/** What the key of a question covers: the facts, the condition, and whose they are. */
function keyOf({ session, scenario, condition, data }: JudgeRequest): string | undefined {
  try {
    return digestOf({ tenantId: session.tenantId, scenarioId: scenario.id, condition, data });
  } catch {
    return undefined;
  }
}

/**
 * A judge that asks another one once for each condition and facts, and keeps the answers given last. Failures and what is no
 * verdict are not kept.
 *
 * @param size - the most answers kept
 *
 * @example
 * const judge = cachedJudge({ judge: async ({ data }) => data.mood === "calm" }, 1000);
 *
 * @since 0.1.0
 * @public
 */
export function cachedJudge(judge: Judge, size = 1000): Judge {
  const known = new Map<string, Answer>();
  return {
    judge: async (request) => {
      const key = keyOf(request);
      const kept = key === undefined ? undefined : known.get(key);
      if (key !== undefined && kept !== undefined) {
        known.delete(key);
        known.set(key, kept);
        return kept;
      }
      const answer = await judge.judge(request);
      if (key === undefined || verdictIn(answer, 0) === undefined) return answer;
      known.set(key, answer);
      const [oldest] = known.keys();
      if (known.size > size && oldest !== undefined) known.delete(oldest);
      return answer;
    },
  };
}
