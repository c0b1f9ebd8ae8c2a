/**
 * What a function of the host answered, or undefined for a promise: where an answer is needed at once, nobody waits for one, and
 * one that is rejected later must not end the process.
 */
export function immediate(answer: unknown): unknown {
  if (typeof answer !== "object" || answer === null || !("then" in answer)) return answer;
  Promise.resolve(answer).catch(() => undefined);
  return undefined;
}
