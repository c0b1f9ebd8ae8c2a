import { RegraftError } from "../errors.js";
import { digestOf } from "../hash/digest.js";
import { deepFreeze } from "../hash/freeze.js";
import { frozenCopy } from "../hash/frozen-copy.js";
import type { RecordQuery, RecordStore, StoredRecord } from "../ports/record-store.js";
import type { Subject } from "../ports/subject.js";
import { checkLimit } from "./paging.js";
import type { Redis } from "./redis-client.js";
import { decoded, encoded, nameOf, type RedisKeys } from "./redis-keys.js";
import { type Fencing, staleFence } from "./redis-leases.js";
import { casScript, dropScript, findScript, loadScript, putScript } from "./redis-record-scripts.js";

function mapTags(tags: Readonly<Record<string, string>>, convert: (text: string) => string): Record<string, string> {
  return Object.fromEntries(Object.entries(tags).map(([name, value]) => [convert(name), convert(value)]));
}

function recordIn({ kind, tenantId, id }: Subject, digest: string, text: string): StoredRecord {
  const end = text.indexOf("\n");
  const tags = mapTags(JSON.parse(text.slice(0, end)), decoded);
  const body: unknown = JSON.parse(text.slice(end + 1));
  return deepFreeze({ kind, tenantId, id, tags, body, digest });
}

/** The query as the script reads it: tags as pairs of a name and the values that it may have. */
function queryText({ ids, tags = {} }: RecordQuery): string {
  const wanted = Object.entries(tags).map(([name, values]) => ({
    name: encoded(name),
    values: (typeof values === "string" ? [values] : values).map(encoded),
  }));
  return JSON.stringify({ ids: ids && [...new Set(ids)].map(encoded), tags: wanted });
}

/** The keys of a subject: its documents, the pointers of its kind, and what they name. */
function keysOf(base: string, subject: Subject): [documents: string, pointers: string, named: string] {
  const kind = encoded(subject.kind);
  return [`${base}d:${nameOf(subject)}`, `${base}p:${kind}`, `${base}n:${kind}`];
}

const value = (text: string | undefined) => (text === undefined ? "" : `=${encoded(text)}`);

/** Documents and pointers. Those of a tenant lie in one slot, with its leases and its streams besides those of sessions. */
export function redisRecords(
  redis: Redis,
  keys: RedisKeys,
  fencing: Fencing,
): Pick<RecordStore, "put" | "load" | "find" | "drop" | "pointer" | "cas"> {
  const baseOf = ({ tenantId }: Pick<Subject, "tenantId">) => keys.records(tenantId);

  return {
    put: async ({ tags = {}, body: given, ...subject }) => {
      const body = frozenCopy(given);
      const digest = digestOf(body);
      const text = `${JSON.stringify(mapTags(tags, encoded))}\n${JSON.stringify(body)}`;
      await redis.run(putScript, keysOf(baseOf(subject), subject), [encoded(subject.id), value(digest), text]);
      return { digest };
    },

    load: async (subject, digest) => {
      const args = [encoded(subject.id), value(digest)];
      const [found = "", text = ""] = await redis.run(loadScript, keysOf(baseOf(subject), subject), args);
      return found === "" ? undefined : recordIn(subject, decoded(found.slice(1)), text);
    },

    find: async (query, { cursor, limit }) => {
      checkLimit(limit);
      const base = baseOf(query);
      const kind = encoded(query.kind);
      const names = [`${base}n:${kind}`, `${base}p:${kind}`];
      const args = [`${base}d:${kind}:`, queryText(query), cursor ?? "", String(limit)];
      const [total, more, ...found] = await redis.run(findScript, names, args);
      const records: StoredRecord[] = [];
      for (let n = 0; n + 2 < found.length; n += 3) {
        const [id = "", digest = "", text = ""] = found.slice(n, n + 3);
        const subject = { kind: query.kind, tenantId: query.tenantId, id: decoded(id) };
        records.push(recordIn(subject, decoded(digest.slice(1)), text));
      }
      const last = records.at(-1);
      const page = { records, total: Number(total) };
      return more === "0" || last === undefined ? page : { ...page, cursor: encoded(last.id) };
    },

    drop: async (subject, digest, { fence } = {}) => {
      const base = baseOf(subject);
      const token = await fencing.tokenFor(base, fence);
      const own = keysOf(base, subject);
      const names = [...own, fencing.keyFor(base, fence, own[0])];
      const [outcome] = await redis.run(dropScript, names, [encoded(subject.id), value(digest), token]);
      if (outcome === "fenced") throw staleFence(fence);
      return outcome === "gone";
    },

    pointer: async (subject) => {
      const [, pointers] = keysOf(baseOf(subject), subject);
      const found = await redis.send(["HGET", pointers, encoded(subject.id)], pointers);
      if (found === null || found === undefined) return undefined;
      if (typeof found === "string") return decoded(found.slice(1));
      throw new RegraftError("STORE.UNAVAILABLE", "the client answers HGET with something else than a text");
    },

    cas: async (subject, expected, next, { fence } = {}) => {
      const base = baseOf(subject);
      const token = await fencing.tokenFor(base, fence);
      const own = keysOf(base, subject);
      const names = [...own, fencing.keyFor(base, fence, own[0])];
      const args = [encoded(subject.id), value(expected), value(next), token];
      const [outcome, actual = ""] = await redis.run(casScript, names, args);
      if (outcome === "fenced") throw staleFence(fence);
      if (outcome === "ok") return { ok: true };
      return {
        ok: false,
        conflict: {
          ...(expected === undefined ? {} : { expected }),
          ...(actual === "" ? {} : { actual: decoded(actual.slice(1)) }),
        },
      };
    },
  };
}
