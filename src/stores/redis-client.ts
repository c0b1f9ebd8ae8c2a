import { RegraftError } from "../errors.js";

/**
 * What is used of a driver: one command with its arguments. `fromIoredis`, `fromNodeRedis` and `fromNodeRedisCluster` make it of
 * the two drivers.
 *
 * @example
 * // Another driver that calls a command by its name
 * const client = { command: ([name, ...args]) => driver.call(name, args) };
 *
 * @since 0.2.0
 * @public
 */
export interface RedisClient {
  /**
   * Sends a command.
   *
   * @param args - the name of the command and its arguments
   * @param key - a key of the command, by which a cluster finds the node; all keys of one command lie in one slot
   * @returns the reply, with texts as strings
   */
  command(args: readonly string[], key: string): Promise<unknown>;
}

/**
 * What is used of a client or cluster of `ioredis`.
 *
 * @since 0.2.0
 * @public
 */
export interface IoredisLike {
  call(command: string, args: string[]): Promise<unknown>;
  readonly options?: {
    readonly autoResendUnfulfilledCommands?: boolean | undefined;
    /** Of a cluster only. */
    readonly retryDelayOnFailover?: number | undefined;
    readonly redisOptions?: { readonly autoResendUnfulfilledCommands?: boolean | undefined } | undefined;
  };
}

/**
 * What is used of a client of `redis` (node-redis).
 *
 * @since 0.2.0
 * @public
 */
export interface NodeRedisLike {
  sendCommand(args: string[]): Promise<unknown>;
}

/**
 * What is used of a cluster of `redis` (node-redis).
 *
 * @since 0.2.0
 * @public
 */
export interface NodeRedisClusterLike {
  sendCommand(firstKey: string, isReadonly: boolean, args: string[]): Promise<unknown>;
}

function resending(received: string, expected: string): RegraftError {
  const message = "the ioredis client sends commands again after a lost connection";
  return new RegraftError("CONFIG.INVALID", message, { path: "/client", expected, received });
}

/**
 * A client or cluster of `ioredis`, for a store. Nobody else's `keyPrefix` may be set on it.
 *
 * It has to be made with `autoResendUnfulfilledCommands: false`, a cluster with `redisOptions: { autoResendUnfulfilledCommands: false }`
 * and `retryDelayOnFailover: 0`. A command that ioredis sends again after a lost connection may have taken effect before; the visit or
 * answer that it wrote would then stand there twice.
 *
 * @throws RegraftError `CONFIG.INVALID` for a client that sends commands again
 *
 * @example
 * import { Redis } from "ioredis";
 * const store = redisStore({ client: fromIoredis(new Redis({ lazyConnect: true, autoResendUnfulfilledCommands: false })) });
 *
 * @since 0.2.0
 * @public
 */
export function fromIoredis(client: IoredisLike): RedisClient {
  const { options } = client;
  const resends = options?.redisOptions?.autoResendUnfulfilledCommands ?? options?.autoResendUnfulfilledCommands;
  if (options !== undefined && resends !== false) {
    throw resending("autoResendUnfulfilledCommands: true", "a client made with autoResendUnfulfilledCommands: false");
  }
  const delay = options?.retryDelayOnFailover;
  if (delay !== undefined && delay !== 0) {
    throw resending(`retryDelayOnFailover: ${delay}`, "a cluster made with retryDelayOnFailover: 0");
  }
  return { command: ([name = "", ...args]) => client.call(name, args) };
}

/**
 * A connected client of `redis` (node-redis), for a store.
 *
 * @example
 * import { createClient } from "redis";
 * const client = createClient({ url: "redis://localhost:6379" });
 * // await client.connect(), then:
 * const store = redisStore({ client: fromNodeRedis(client) });
 *
 * @since 0.2.0
 * @public
 */
export function fromNodeRedis(client: NodeRedisLike): RedisClient {
  return { command: (args) => client.sendCommand([...args]) };
}

/**
 * A connected cluster of `redis` (node-redis), for a store.
 *
 * @example
 * import { createCluster } from "redis";
 * const cluster = createCluster({ rootNodes: [{ url: "redis://localhost:6379" }] });
 * // await cluster.connect(), then:
 * const store = redisStore({ client: fromNodeRedisCluster(cluster) });
 *
 * @since 0.2.0
 * @public
 */
export function fromNodeRedisCluster(cluster: NodeRedisClusterLike): RedisClient {
  return { command: (args, key) => cluster.sendCommand(key, false, [...args]) };
}

/** A script, and what its server calls it once it has seen it. */
export interface Script {
  readonly text: string;
}

/** Sends commands and runs scripts; a failure is `STORE.UNAVAILABLE`. */
export interface Redis {
  send(args: readonly string[], key: string): Promise<unknown>;
  /** Runs a script over keys of one slot and returns the list of texts that it answers with. */
  run(script: Script, keys: readonly string[], args: readonly string[]): Promise<readonly string[]>;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Drivers put addresses and arguments into their errors; only what helps is taken along. */
function unavailable(error: unknown): RegraftError {
  const text = messageOf(error).replace(/[a-z][a-z0-9+.-]*:\/\/\S+/gi, "<url>");
  const cause = new Error(text.slice(0, 200));
  cause.name = error instanceof Error ? error.name : "Error";
  return new RegraftError("STORE.UNAVAILABLE", "Redis failed", {}, { cause });
}

function textsIn(reply: unknown): readonly string[] {
  if (!Array.isArray(reply)) {
    throw new RegraftError("STORE.UNAVAILABLE", "the client answers a script with something else than a list", {
      expected: "a list of texts",
      received: typeof reply,
    });
  }
  return reply.map(String);
}

/** Runs commands on a client. Scripts are sent once to each server; afterwards their digests do. */
export function redisOn(client: RedisClient): Redis {
  const digests = new Map<Script, string>();

  const send = async (args: readonly string[], key: string): Promise<unknown> => {
    try {
      return await client.command(args, key);
    } catch (error) {
      throw unavailable(error);
    }
  };

  const digestOf = async (script: Script, key: string): Promise<string> => {
    const digest = digests.get(script) ?? String(await send(["SCRIPT", "LOAD", script.text], key));
    digests.set(script, digest);
    return digest;
  };

  return {
    send,
    run: async (script, keys, args) => {
      const [key = ""] = keys;
      const rest = [String(keys.length), ...keys, ...args];
      const digest = await digestOf(script, key);
      try {
        return textsIn(await client.command(["EVALSHA", digest, ...rest], key));
      } catch (error) {
        if (!messageOf(error).includes("NOSCRIPT")) throw unavailable(error);
        return textsIn(await send(["EVAL", script.text, ...rest], key));
      }
    },
  };
}
