import { sha256Hex } from "../hash/sha256.js";

/**
 * A digest by which a change that comes again is recognised; the order of an object's members does not count.
 *
 * Unlike the digests of documents it takes every text, also one with an unpaired surrogate: a text cut off by a chat.
 */
export function changeDigest(change: unknown): string {
  const text = JSON.stringify(change, (_, part: unknown) =>
    typeof part === "object" && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
  return `sha256:${sha256Hex(text)}`;
}
