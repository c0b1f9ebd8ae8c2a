import type { Session } from "../contracts/types.js";
import { RegraftError } from "../errors.js";
import { frozenCopy } from "../hash/frozen-copy.js";
import type { SessionStore } from "../ports/session-store.js";
import { checkLimit } from "./paging.js";
import type { Redis } from "./redis-client.js";
import { commitSession, settleOutbox } from "./redis-commit.js";
import type { Heads } from "./redis-heads.js";
import { decoded, encoded, partOf, type RedisKeys, sessionKey } from "./redis-keys.js";
import { markHead, sessionIn } from "./redis-marks.js";
import { visitPage } from "./redis-pages.js";

/** Things that come in pairs in one list. */
function pairs(list: readonly string[]): (readonly [string, string])[] {
  return list.flatMap((first, n) => (n % 2 === 0 ? [[first, list[n + 1] ?? ""] as const] : []));
}

/** The session side of the store. */
export function redisSessions(
  redis: Redis,
  keys: RedisKeys,
  heads: Heads,
  ttlMs: number | undefined,
): Omit<SessionStore, "capabilities"> {
  return {
    get: async ({ tenantId, id }): Promise<Session | undefined> => {
      const key = sessionKey(keys.sessions(tenantId, partOf(id)), { id });
      const reply = await redis.send(["HMGET", key, "document", "mark"], key);
      if (!Array.isArray(reply)) throw new RegraftError("STORE.UNAVAILABLE", "the client answers HMGET without a list");
      const [document, mark]: readonly unknown[] = reply;
      return document === null || document === undefined ? undefined : sessionIn(String(document), String(mark));
    },

    scan: async (query, page) => {
      checkLimit(page.limit);
      const { items, cursor } = await visitPage(redis, keys, query, page, ["scan"]);
      const sessions = pairs(items).map(([document, mark]) => sessionIn(document, mark));
      return cursor === undefined ? { sessions } : { sessions, cursor };
    },

    count: async (query) => {
      const byStep = new Map<string, number>();
      let total = 0;
      for (const [step, text] of pairs((await visitPage(redis, keys, query, undefined, ["count"])).items)) {
        const stepId = decoded(step);
        byStep.set(stepId, (byStep.get(stepId) ?? 0) + Number(text));
        total += Number(text);
      }
      return { total, byStep: Object.fromEntries(byStep) };
    },

    mark: async (query, given, page) => {
      checkLimit(page.limit);
      const mark = frozenCopy(given);
      const mode = ["mark", markHead(mark), encoded(mark.markedAt)] as const;
      const { changed, cursor } = await visitPage(redis, keys, query, page, mode);
      return cursor === undefined ? { marked: changed, done: true } : { marked: changed, done: false, cursor };
    },

    unmark: async (query) => ({ unmarked: (await visitPage(redis, keys, query, undefined, ["unmark"])).changed }),

    settle: (session) => settleOutbox(redis, keys, session),

    commit: (change, { idempotencyKey } = {}) => commitSession(redis, keys, heads, ttlMs, change, idempotencyKey),
  };
}
