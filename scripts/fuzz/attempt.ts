import { isRegraftError } from "../../src/errors.js";
import type { Target } from "./targets.js";

const inherited = [Object.prototype, Array.prototype, Function.prototype, String.prototype];
const before = inherited.map((prototype) => Reflect.ownKeys(prototype).length);

/** Names that something has put on what every object inherits. */
function polluted(): boolean {
  return "polluted" in {} || inherited.some((prototype, at) => Reflect.ownKeys(prototype).length !== before[at]);
}

/**
 * Gives one input to a target. Undefined if it took it or refused it by an error of the catalogue that is no bug; else what went wrong.
 */
export async function attempt({ name, call }: Target, input: unknown): Promise<string | undefined> {
  let failure: string | undefined;
  try {
    await call(input as never);
  } catch (error) {
    const known = isRegraftError(error) && error.code !== "INTERNAL.BUG";
    if (!known) failure = `${name} threw ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
  }
  if (polluted()) {
    Reflect.deleteProperty(Object.prototype, "polluted");
    return `${name} changed what every object inherits`;
  }
  return failure;
}
