import type { Script } from "./redis-client.js";
import { fenceLua } from "./redis-leases.js";

/** Lua that brings the list of named documents in line with the pointer and the documents of a subject. */
const relistLua = `
local function relist(documents, pointers, named, id)
  local pointer = redis.call('HGET', pointers, id)
  if pointer and redis.call('HEXISTS', documents, pointer) == 1 then redis.call('ZADD', named, 0, id)
  else redis.call('ZREM', named, id) end
end
`;

/** KEYS: documents, pointers, named. ARGV: id, digest, text. */
export const putScript: Script = {
  text: `${relistLua}
redis.call('HSETNX', KEYS[1], ARGV[2], ARGV[3])
relist(KEYS[1], KEYS[2], KEYS[3], ARGV[1])
return {'ok'}`,
};

/** KEYS: documents, pointers. ARGV: id, and a digest or nothing, which stands for what the pointer names. */
export const loadScript: Script = {
  text: `local digest = ARGV[2]
if digest == '' then digest = redis.call('HGET', KEYS[2], ARGV[1]) end
local text = digest and redis.call('HGET', KEYS[1], digest)
if not text then return {} end
return {digest, text}`,
};

/** KEYS: documents, pointers, named, lease. ARGV: id, digest, token. */
export const dropScript: Script = {
  text: `${fenceLua}
if not inForce(KEYS[4], ARGV[3]) then return {'fenced'} end
if redis.call('HGET', KEYS[2], ARGV[1]) == ARGV[2] then return {'named'} end
redis.call('HDEL', KEYS[1], ARGV[2])
return {'gone'}`,
};

/** KEYS: documents, pointers, named, lease. ARGV: id, expected, next, token. */
export const casScript: Script = {
  text: `${fenceLua}${relistLua}
if not inForce(KEYS[4], ARGV[4]) then return {'fenced'} end
local actual = redis.call('HGET', KEYS[2], ARGV[1]) or ''
if actual ~= ARGV[2] then return {'conflict', actual} end
if ARGV[3] == '' then redis.call('HDEL', KEYS[2], ARGV[1]) else redis.call('HSET', KEYS[2], ARGV[1], ARGV[3]) end
relist(KEYS[1], KEYS[2], KEYS[3], ARGV[1])
return {'ok'}`,
};

/**
 * KEYS: named, pointers. ARGV: what the keys of documents begin with, query, id to start after, limit. Answers the total,
 * whether there are more, and of each document its id, its digest and its text.
 */
export const findScript: Script = {
  text: `
local base, query, cursor, limit = ARGV[1], cjson.decode(ARGV[2]), ARGV[3], tonumber(ARGV[4])
local wanted
if query.ids then
  wanted = {}
  for _, id in ipairs(query.ids) do wanted[id] = true end
end
local later = {}
if cursor ~= '' then
  for _, id in ipairs(redis.call('ZRANGEBYLEX', KEYS[1], '(' .. cursor, '+')) do later[id] = true end
end
local function isTagged(text)
  if #query.tags == 0 then return true end
  local tags = cjson.decode(string.match(text, '^[^\\n]*'))
  for _, tag in ipairs(query.tags) do
    local found = false
    for _, value in ipairs(tag.values) do found = found or tags[tag.name] == value end
    if not found then return false end
  end
  return true
end
local total, taken, more, answer = 0, 0, '0', {'0', '0'}
for _, id in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do
  if not wanted or wanted[id] then
    local digest = redis.call('HGET', KEYS[2], id)
    local text = redis.call('HGET', base .. id, digest)
    if isTagged(text) then
      total = total + 1
      if cursor == '' or later[id] then
        if taken == limit then more = '1' else
          taken = taken + 1
          answer[#answer + 1] = id
          answer[#answer + 1] = digest
          answer[#answer + 1] = text
        end
      end
    end
  end
end
answer[1] = string.format('%.0f', total)
answer[2] = more
return answer`,
};
