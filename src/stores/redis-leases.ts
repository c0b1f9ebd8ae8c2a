import { RegraftError } from "../errors.js";
import type { Clock } from "../ports/clock.js";
import type { Fence, RecordStore } from "../ports/record-store.js";
import type { Subject } from "../ports/subject.js";
import type { Redis, Script } from "./redis-client.js";
import { decoded, encoded, nameOf, type RedisKeys } from "./redis-keys.js";

/** Lua that says whether a token, if there is one, is the newest of a lease. */
export const fenceLua = `
local function inForce(lease, token)
  return token == '' or redis.call('HGET', lease, 'token') == token
end
`;

/** Lua that tells the time: the argument if there is one, else the clock of the server. */
const clockLua = `
local function nowFrom(given)
  if given ~= '' then return tonumber(given) end
  local time = redis.call('TIME')
  return tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
end
`;

/**
 * Takes a lease. Its token is the time of the server in microseconds, or one more than the token before where that is later: so
 * it also differs from every earlier one where the server has lost the lease that it had given out.
 */
const leaseScript: Script = {
  text: `${clockLua}
local now = nowFrom(ARGV[1])
local held = redis.call('HMGET', KEYS[1], 'token', 'owner', 'until')
if held[3] and tonumber(held[3]) > now then return {'held', held[2], held[3]} end
local time = redis.call('TIME')
local token = string.format('%.0f', math.max(tonumber(held[1] or '0') + 1, tonumber(time[1]) * 1000000 + tonumber(time[2])))
local ends = string.format('%.0f', now + tonumber(ARGV[3]))
redis.call('HSET', KEYS[1], 'token', token, 'owner', ARGV[2], 'until', ends)
return {'taken', token, ends}`,
};

const endScript: Script = {
  text: `${clockLua}
local now = nowFrom(ARGV[1])
local held = redis.call('HMGET', KEYS[1], 'token', 'until')
if held[1] ~= ARGV[2] or tonumber(held[2]) <= now then return {'lost'} end
local ends = '0'
if ARGV[3] ~= '' then ends = string.format('%.0f', now + tonumber(ARGV[3])) end
redis.call('HSET', KEYS[1], 'until', ends)
return {'held'}`,
};

function leaseKey(base: string, lease: Subject): string {
  return `${base}x:${nameOf(lease)}`;
}

export function staleFence(fence: Fence | undefined): RegraftError {
  return new RegraftError("STORE.LEASE_HELD", "somebody else has taken the lease since", {
    expected: "the newest token of a lease that exists",
    received: `token ${fence?.token}`,
  });
}

/** How a write keeps to a fence. */
export interface Fencing {
  /**
   * The token that a script over the keys of a base has to compare; empty if there is none, or if the lease lies in
   * another slot and was compared just now.
   *
   * @throws RegraftError `STORE.LEASE_HELD`
   */
  tokenFor(base: string, fence: Fence | undefined): Promise<string>;
  /** The key of the lease that a script compares, or another key of its slot where it compares none. */
  keyFor(base: string, fence: Fence | undefined, other: string): string;
}

export function fencingOf(redis: Redis, keys: RedisKeys): Fencing {
  return {
    keyFor: (base, fence, other) =>
      fence === undefined || keys.records(fence.lease.tenantId) !== base ? other : leaseKey(base, fence.lease),

    tokenFor: async (base, fence) => {
      if (fence === undefined) return "";
      const leases = keys.records(fence.lease.tenantId);
      if (leases === base) return String(fence.token);
      const key = leaseKey(leases, fence.lease);
      if ((await redis.send(["HGET", key, "token"], key)) !== String(fence.token)) throw staleFence(fence);
      return "";
    },
  };
}

/** The leases of the store, which end by the given clock, or by that of the server. */
export function redisLeases(
  redis: Redis,
  keys: RedisKeys,
  clock: Clock | undefined,
): Pick<RecordStore, "lease" | "renew" | "release"> {
  const now = () => (clock === undefined ? "" : String(clock.now()));
  const keyOf = (lease: Subject) => leaseKey(keys.records(lease.tenantId), lease);
  const endIn = async ({ lease, token }: Fence, ttl: string): Promise<boolean> =>
    (await redis.run(endScript, [keyOf(lease)], [now(), String(token), ttl]))[0] === "held";

  return {
    lease: async (name, { owner, ttlMs }) => {
      const args = [now(), encoded(owner), String(ttlMs)];
      const [outcome, first = "", last = ""] = await redis.run(leaseScript, [keyOf(name)], args);
      if (outcome === "taken") return { ok: true, token: Number(first), expiresAtMs: Number(last) };
      return { ok: false, heldBy: { owner: decoded(first), expiresAtMs: Number(last) } };
    },
    renew: (fence, { ttlMs }) => endIn(fence, String(ttlMs)),
    release: (fence) => endIn(fence, ""),
  };
}
