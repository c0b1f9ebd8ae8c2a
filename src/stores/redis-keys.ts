import type { Session } from "../contracts/types.js";
import { RegraftError } from "../errors.js";
import { sha256Hex } from "../hash/sha256.js";
import type { SessionKey } from "../ports/session-store.js";
import type { Subject } from "../ports/subject.js";

/** A text without control characters, unpaired surrogates, colons and braces; another one for every other text. */
export function encoded(text: string): string {
  return JSON.stringify(text)
    .slice(1, -1)
    .replace(/[{}:\u007f]/g, (character) => `\\u00${character.charCodeAt(0).toString(16)}`);
}

/** What {@link encoded} was given. */
export function decoded(text: string): string {
  return String(JSON.parse(`"${text}"`));
}

const digits = "0123456789abcdef";

/** The parts into which the sessions of a tenant are divided, each with its index in one slot of a cluster. */
export const parts: readonly string[] = [...digits];

/** The part of a session, by its id alone. */
export function partOf(id: string): string {
  return sha256Hex(encoded(id)).charAt(0);
}

/** Where the keys of a store lie. */
export interface RedisKeys {
  /** What all keys of one part of a tenant's sessions begin with. */
  sessions(tenantId: string, part: string): string;
  /** What all keys of a tenant's records begin with, besides the streams of sessions. */
  records(tenantId: string): string;
  /** What all keys of a session, or of the stream of a subject, begin with. */
  ofStream(subject: Subject): string;
}

/**
 * Names the keys. What stands in braces decides on the slot.
 *
 * @throws RegraftError `INPUT.INVALID` for a prefix with a brace, which would decide on it instead
 */
export function keysUnder(prefix: string): RedisKeys {
  if (/[{}]/.test(prefix)) {
    throw new RegraftError("INPUT.INVALID", "the prefix of a Redis store has a brace, which decides on the slot", {
      path: "/prefix",
      expected: "a text without braces",
      received: prefix,
    });
  }
  const sessions = (tenantId: string, part: string) => `${prefix}{s:${encoded(tenantId)}:${part}}`;
  const records = (tenantId: string) => `${prefix}{r:${encoded(tenantId)}}`;
  return {
    sessions,
    records,
    ofStream: ({ kind, tenantId, id }) => (kind === "session" ? sessions(tenantId, partOf(id)) : records(tenantId)),
  };
}

/** The key of a session below what the keys of its part begin with. */
export function sessionKey(base: string, { id }: Pick<SessionKey, "id">): string {
  return `${base}d:${encoded(id)}`;
}

/** The names of the index sets of a place, widest first. */
export function placeOf({ scenarioId, scenarioVersion, stepId }: Session): readonly [string, string] {
  const wide = `${encoded(scenarioId)}:${scenarioVersion}`;
  return [wide, `${wide}:${encoded(stepId)}`];
}

export function nameOf({ kind, id }: Pick<Subject, "kind" | "id">): string {
  return `${encoded(kind)}:${encoded(id)}`;
}

/** The key of a stream below what the keys of its place begin with. */
export function streamKey(base: string, subject: Subject): string {
  return `${base}l:${nameOf(subject)}`;
}

/** The key of what was appended to a stream under idempotency keys. */
export function streamKeysKey(base: string, subject: Subject): string {
  return `${base}lk:${nameOf(subject)}`;
}

/** The keys below a base that every script about a stream names besides: the list of streams, and what was dropped of them. */
export function listKeys(base: string): readonly [streams: string, dropped: string] {
  return [`${base}streams`, `${base}dropped`];
}
