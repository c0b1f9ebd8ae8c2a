import { RegraftError } from "../errors.js";
import { deepFreeze } from "../hash/freeze.js";
import { frozenCopy } from "../hash/frozen-copy.js";
import { erasedEntry } from "../ledger/chain.js";
import type { LedgerEntry, StreamSummary } from "../ports/ledger.js";
import type { AppendResult, RecordStore, StreamList, StreamPage } from "../ports/record-store.js";
import type { Subject } from "../ports/subject.js";
import { changeDigest } from "./change-digest.js";
import { checkLimit, checkThrough } from "./paging.js";
import type { Redis } from "./redis-client.js";
import { type Heads, withHead } from "./redis-heads.js";
import { decoded, encoded, listKeys, nameOf, parts, type RedisKeys, streamKey, streamKeysKey } from "./redis-keys.js";
import { type Fencing, staleFence } from "./redis-leases.js";
import { appendScript, eraseScript, listScript, readScript } from "./redis-stream-scripts.js";

/** Stands in a cursor for the streams that lie with the records. */
const recordsPlace = "r";
function entryIn(subject: Subject, seq: number, text: string): LedgerEntry {
  const [hash = "", digest = "", told = "", data = ""] = text.split("\n");
  const [type, at]: readonly [string, string] = JSON.parse(told);
  const entry = { type, at, data: data === "" ? {} : JSON.parse(data), subject, seq, digest, hash };
  return data === "" ? erasedEntry(entry) : entry;
}

/** The streams of the store. */
export function redisLedger(
  redis: Redis,
  keys: RedisKeys,
  heads: Heads,
  fencing: Fencing,
): Pick<RecordStore, "append" | "read" | "streams" | "erase"> {
  /** The arguments that every script about a stream begins with. */
  const at = ({ kind, tenantId, id }: Subject) => {
    const subject = { kind, tenantId, id };
    const base = keys.ofStream(subject);
    return { subject, base, name: nameOf(subject), key: streamKey(base, subject) };
  };

  return {
    append: async (stream, given, { expectedSeq, idempotencyKey, fence } = {}): Promise<AppendResult> => {
      const records = frozenCopy(given);
      const { subject, base, name, key } = at(stream);
      const token = await fencing.tokenFor(base, fence);
      const digest = idempotencyKey === undefined ? "" : changeDigest(records);
      const expected = expectedSeq === undefined ? "" : String(expectedSeq);
      const idempotency = idempotencyKey === undefined ? "" : `=${encoded(idempotencyKey)}`;
      const names = [key, streamKeysKey(base, subject), fencing.keyFor(base, fence, key), ...listKeys(base)];
      const [outcome, value = ""] = await withHead(heads, key, subject, records, (args) =>
        redis.run(appendScript, names, [base, name, token, expected, idempotency, digest, ...args]),
      );
      if (outcome === "fenced") throw staleFence(fence);
      if (outcome === "conflict") return { ok: false, conflict: { expected: expectedSeq ?? 0, actual: Number(value) } };
      if (outcome === "ok") return { ok: true, seq: Number(value), repeated: false };
      const [, seq, known] = value.split(" ");
      if (known === digest) return { ok: true, seq: Number(seq), repeated: true };
      throw new RegraftError("STORE.IDEMPOTENCY_CONFLICT", "the key was used for other records of this stream", {
        expected: "the records first sent under this key",
        idempotencyKey,
      });
    },

    read: async (stream, { after = 0, limit }): Promise<StreamPage> => {
      checkLimit(limit);
      const { subject, base, name, key } = at(stream);
      const args = [base, name, String(after), String(limit)];
      const [head, dropped, ...texts] = await redis.run(readScript, [key, ...listKeys(base)], args);
      const from = Math.max(after, Number(dropped));
      const entries = texts.map((text, n) => entryIn(subject, from + n + 1, text));
      return { entries: deepFreeze(entries), head: Number(head) };
    },

    streams: async (tenantId, { cursor, limit }): Promise<StreamList> => {
      checkLimit(limit);
      const places = [recordsPlace, ...parts];
      const found: StreamSummary[] = [];
      let position = cursor?.slice(1) ?? "";
      for (const place of places.slice(cursor === undefined ? 0 : places.indexOf(cursor.charAt(0)))) {
        const base = place === recordsPlace ? keys.records(tenantId) : keys.sessions(tenantId, place);
        const args = [base, position, String(limit - found.length + 1)];
        const list = await redis.run(listScript, listKeys(base), args);
        for (let n = 0; n + 2 < list.length; n += 3) {
          const [name = "", seq = "", hash = ""] = list.slice(n, n + 3);
          if (found.length === limit) return { streams: deepFreeze(found), cursor: `${place}${position}` };
          const [kind = "", id = ""] = name.split(":").map(decoded);
          found.push({ subject: { kind, tenantId, id }, seq: Number(seq), hash });
          position = name;
        }
        position = "";
      }
      return { streams: deepFreeze(found) };
    },

    erase: async (stream, { through, part }, { fence } = {}) => {
      checkThrough(through);
      const { subject, base, name, key } = at(stream);
      const token = await fencing.tokenFor(base, fence);
      const names = [key, streamKeysKey(base, subject), fencing.keyFor(base, fence, key), ...listKeys(base)];
      const [outcome, erased] = await redis.run(eraseScript, names, [base, name, token, String(through), part]);
      if (outcome === "fenced") throw staleFence(fence);
      return { erased: Number(erased) };
    },
  };
}
