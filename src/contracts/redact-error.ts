import { redactText } from "./redact-text.js";
import { Redactor } from "./redact-value.js";

/** An error of somebody else in whose place this one stands, because it showed a secret. */
function standInFor(error: Error, message: string, cause: unknown): Error {
  const stand = new Error(message, cause === undefined ? undefined : { cause });
  const stack = error.stack === undefined ? undefined : redactText(error.stack).text;
  const code = "code" in error ? redactedCode(error.code) : undefined;
  const own = { name: redactText(error.name).text, stack, ...(code === undefined ? {} : { code }) };
  for (const [name, value] of Object.entries(own)) {
    Object.defineProperty(stand, name, { value, configurable: true, writable: true });
  }
  return stand;
}

function redactedCode(code: unknown): unknown {
  return typeof code === "string" ? redactText(code).text : typeof code === "number" ? code : undefined;
}

const maxCauses = 16;
const cleanBrand = Symbol.for("regraft.error");

/**
 * What was thrown, without secrets: the same error where it shows none, else one with its name, message, code, stack and causes. What
 * else the error held, such as the request that failed, is left out then.
 */
export function redactThrown(thrown: unknown, depth = 0): unknown {
  if (!(thrown instanceof Error)) return new Redactor({ serialises: true }).redact(thrown);
  if (cleanBrand in thrown) return thrown;
  if (depth >= maxCauses) return undefined;
  try {
    const cause = thrown.cause === undefined ? undefined : redactThrown(thrown.cause, depth + 1);
    const seen = new Redactor({ serialises: true });
    const { name, message, stack } = thrown;
    const { cause: _, ...own } = { ...thrown } as Record<string, unknown>;
    seen.redact({ name, message, stack, own });
    if (seen.count === 0 && cause === thrown.cause) return thrown;
    return standInFor(thrown, redactText(message).text, cause);
  } catch {
    return new Error("an error that cannot be read");
  }
}
