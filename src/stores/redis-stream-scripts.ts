import type { Script } from "./redis-client.js";
import { fenceLua } from "./redis-leases.js";

const hashLength = "sha256:".length + 64;

/**
 * Lua about a stream, a list of entries of which the first ones may have been dropped. `headOf` says how many there were and
 * the hash of the last one; `pushFrom` appends the arguments from a place on. They are two, so that nothing is written before
 * everything was compared.
 */
export const streamLua = `
local function droppedOf(base, name)
  return tonumber(redis.call('HGET', base .. 'dropped', name) or '0')
end
local function lengthOf(base, name)
  return droppedOf(base, name) + redis.call('LLEN', base .. 'l:' .. name)
end
local function headOf(base, name)
  local last = redis.call('LINDEX', base .. 'l:' .. name, -1)
  return string.format('%.0f', lengthOf(base, name)), last and string.sub(last, 1, ${hashLength}) or ''
end
local function pushFrom(base, name, at)
  for i = at, #ARGV do redis.call('RPUSH', base .. 'l:' .. name, ARGV[i]) end
  if #ARGV >= at then redis.call('ZADD', base .. 'streams', 0, name) end
end
`;

/** KEYS: stream, keys, lease, streams, dropped. ARGV: base, name, token, expected length, key, digest; length and hash of the head, entries. */
export const appendScript: Script = {
  text: `${fenceLua}${streamLua}
local base, name, expected, key = ARGV[1], ARGV[2], ARGV[4], ARGV[5]
if not inForce(KEYS[3], ARGV[3]) then return {'fenced'} end
if key ~= '' then
  local known = redis.call('HGET', KEYS[2], key)
  if known then return {'known', known} end
end
local seq, hash = headOf(base, name)
if expected ~= '' and expected ~= seq then return {'conflict', seq} end
if ARGV[7] ~= seq or ARGV[8] ~= hash then return {'head', seq, hash} end
pushFrom(base, name, 9)
local last = string.format('%.0f', lengthOf(base, name))
if key ~= '' then redis.call('HSET', KEYS[2], key, seq .. ' ' .. last .. ' ' .. ARGV[6]) end
return {'ok', last}`,
};

/** KEYS: stream, streams, dropped. ARGV: base, name, number to start after, limit. Answers the length, how many were dropped, and entries. */
export const readScript: Script = {
  text: `${streamLua}
local dropped = droppedOf(ARGV[1], ARGV[2])
local from = math.max(tonumber(ARGV[3]) - dropped, 0)
local answer = {string.format('%.0f', lengthOf(ARGV[1], ARGV[2])), string.format('%.0f', dropped)}
for _, entry in ipairs(redis.call('LRANGE', KEYS[1], from, from + tonumber(ARGV[4]) - 1)) do
  answer[#answer + 1] = entry
end
return answer`,
};

/** KEYS: streams, dropped. ARGV: base, name to start after, limit. Answers name, length and hash of each. */
export const listScript: Script = {
  text: `${streamLua}
local answer = {}
local from = ARGV[2] == '' and '-' or '(' .. ARGV[2]
for _, name in ipairs(redis.call('ZRANGEBYLEX', KEYS[1], from, '+', 'LIMIT', 0, ARGV[3])) do
  local seq, hash = headOf(ARGV[1], name)
  answer[#answer + 1] = name
  answer[#answer + 1] = seq
  answer[#answer + 1] = hash
end
return answer`,
};

/** KEYS: stream, keys, lease, streams, dropped. ARGV: base, name, token, last number that goes, part. Answers how many it went for. */
export const eraseScript: Script = {
  text: `${fenceLua}${streamLua}
local base, name, through = ARGV[1], ARGV[2], tonumber(ARGV[4])
if not inForce(KEYS[3], ARGV[3]) then return {'fenced'} end
local dropped, length = droppedOf(base, name), lengthOf(base, name)
local erased = 0
if ARGV[5] == 'data' then
  for at, entry in ipairs(redis.call('LRANGE', KEYS[1], 0, math.min(through, length) - dropped - 1)) do
    local kept = string.match(entry, '^[^\\n]*\\n[^\\n]*\\n[^\\n]*\\n')
    if kept ~= entry then
      redis.call('LSET', KEYS[1], at - 1, kept)
      erased = erased + 1
    end
  end
else
  through = math.min(through, length - 1)
  erased = math.max(through - dropped, 0)
  if erased > 0 then
    redis.call('LTRIM', KEYS[1], erased, -1)
    redis.call('HSET', base .. 'dropped', name, string.format('%.0f', through))
    local keys = redis.call('HGETALL', KEYS[2])
    for i = 1, #keys, 2 do
      if tonumber(string.match(keys[i + 1], '^%d+')) < through then redis.call('HDEL', KEYS[2], keys[i]) end
    end
  end
end
return {'ok', string.format('%.0f', erased)}`,
};
