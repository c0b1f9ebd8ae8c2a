import { RegraftError } from "../errors.js";

/** The calls that settle a message. */
const uses = ["reconcile", "provide", "confirm", "complete", "resolve"] as const;

/** A call that settles a message. */
export type Use = (typeof uses)[number];

const maxIdLength = 512;

/** Refuses what is no id of a message; none at all is fine. */
export function checkMessageId(messageId: unknown): void {
  if (messageId === undefined) return;
  if (typeof messageId === "string" && messageId.length > 0 && messageId.length <= maxIdLength) return;
  throw new RegraftError("INPUT.INVALID", "the id of the message cannot be used", {
    path: "/messageId",
    expected: `a text of 1 to ${maxIdLength} characters`,
    received: typeof messageId === "string" ? `${messageId.length} characters` : typeof messageId,
  });
}

/** Under which key a call settles a message. */
export function keyOf(use: Use, messageId: string): string {
  return `${use}:${messageId}`;
}

/**
 * The keys under which a call finds its message settled: its own. A mere reconciliation brings nothing of its own, so that it
 * is settled by any call that carried the message.
 */
export function settlingKeys(use: Use, messageId: string): ReadonlySet<string> {
  return new Set((use === "reconcile" ? uses : [use]).map((one) => keyOf(one, messageId)));
}
