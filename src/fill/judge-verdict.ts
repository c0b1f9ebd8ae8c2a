import type { Verdict } from "../scenario/condition.js";

/** What an answer of a judge counts as, or undefined where it is none. */
export function verdictIn(answer: unknown, threshold: number): Verdict | undefined {
  if (answer === true || answer === false || answer === "unknown") return answer;
  if (typeof answer !== "object" || answer === null || !("verdict" in answer) || !("confidence" in answer))
    return undefined;
  const { verdict, confidence } = answer;
  if (verdict !== true && verdict !== false && verdict !== "unknown") return undefined;
  if (typeof confidence !== "number" || !(confidence >= 0 && confidence <= 1)) return undefined;
  return confidence >= threshold ? verdict : "unknown";
}
