import { RegraftError } from "../errors.js";
import type { StoreCapabilities } from "../ports/capabilities.js";
import type { Clock } from "../ports/clock.js";
import type { RecordStore } from "../ports/record-store.js";
import type { SessionStore } from "../ports/session-store.js";
import { type RedisClient, redisOn } from "./redis-client.js";
import { Heads } from "./redis-heads.js";
import { keysUnder } from "./redis-keys.js";
import { fencingOf, redisLeases } from "./redis-leases.js";
import { redisLedger } from "./redis-ledger.js";
import { redisRecords } from "./redis-records.js";
import { redisSessions } from "./redis-sessions.js";

export type { IoredisLike, NodeRedisClusterLike, NodeRedisLike, RedisClient } from "./redis-client.js";
export { fromIoredis, fromNodeRedis, fromNodeRedisCluster } from "./redis-client.js";

/**
 * What a Redis store is made of.
 *
 * @since 0.2.0
 * @public
 */
export interface RedisStoreOptions {
  /** `fromIoredis(client)`, `fromNodeRedis(client)`, `fromNodeRedisCluster(cluster)`, or a few lines around another driver. */
  readonly client: RedisClient;
  /** What every key begins with, by default `regraft:`. Several prefixes of one server are stores apart. */
  readonly prefix?: string;
  /**
   * How long a session is kept after its last commit, in milliseconds, by the clock of the server; for good if absent. A
   * session that expires goes with its mark and its idempotency keys; its ledger stream stays.
   */
  readonly sessionTtlMs?: number;
  /** Ends the leases. By default the clock of the server does, so hosts whose clocks differ agree. */
  readonly clock?: Clock;
  /**
   * Whether to declare `durable`. Only the one who runs the server knows: true where it writes each change to its disk
   * before it answers (`appendonly yes`, `appendfsync always`). Default false.
   */
  readonly durable?: boolean;
}

/**
 * A store of sessions and records in Redis 7 or later, a cluster included.
 *
 * Each write is one script over keys of one slot: `commit` writes the session, its place in the index, its ledger records
 * and its key together (one round trip; one more where somebody else wrote to the stream since this client did). The
 * sessions of a tenant lie in 16 slots, by their ids; its documents, pointers, leases and other streams in one.
 *
 * Costs: `get`, `commit`, `append`, `pointer`, `cas` and the leases do not grow with the number of sessions. `scan`, `count`
 * and `mark` take up to 16 round trips a page and one for each 500 sessions looked at; a query that names scenario and
 * versions, or these and steps, looks at no others. `find` looks at all documents of the kind that are named.
 *
 * @throws RegraftError `INPUT.INVALID` for a prefix with a brace or a time that is no positive integer. Every method throws
 *   `STORE.UNAVAILABLE` when the driver or the server fails.
 *
 * @example
 * import { Redis } from "ioredis";
 * const client = new Redis("redis://localhost:6379", { lazyConnect: true, autoResendUnfulfilledCommands: false });
 * const store = redisStore({ client: fromIoredis(client) });
 * store.capabilities.durable; // false
 * const regraft = createRegraft({ store });
 *
 * @since 0.2.0
 * @public
 */
export function redisStore(options: RedisStoreOptions): SessionStore & RecordStore {
  const { client, prefix = "regraft:", sessionTtlMs, clock, durable = false } = options;
  if (sessionTtlMs !== undefined && !(Number.isSafeInteger(sessionTtlMs) && sessionTtlMs > 0)) {
    throw new RegraftError("INPUT.INVALID", "the time that sessions are kept must be a positive integer", {
      path: "/sessionTtlMs",
      expected: "milliseconds, at least 1",
      received: String(sessionTtlMs),
    });
  }
  const capabilities: StoreCapabilities = Object.freeze({
    atomicCommit: true,
    durable,
    setBasedMark: true,
    indexedOutbox: true,
    leases: true,
  });
  const redis = redisOn(client);
  const keys = keysUnder(prefix);
  const heads = new Heads();
  const fencing = fencingOf(redis, keys);
  return Object.freeze({
    capabilities,
    ...redisSessions(redis, keys, heads, sessionTtlMs),
    ...redisLedger(redis, keys, heads, fencing),
    ...redisRecords(redis, keys, fencing),
    ...redisLeases(redis, keys, clock),
  });
}
