import type { Script } from "./redis-client.js";

/** Sessions that one script looks at, so that no other client waits long for it. */
export const visitsPerScript = 500;

/**
 * Visits the sessions of one part that a query asks for, in order of their ids' bytes.
 *
 * KEYS: the sets of candidates. ARGV: base, mode (`scan`, `count`, `mark`, `unmark`), query, id to start after, limit, and
 * for `mark` the head of the mark and its time.
 *
 * Answers: `more` (the limit is reached and another one matches), `on` (enough visited for one script) or `end`; the id
 * visited last; how many matched; how many were changed; then the documents with their marks, or the counts by step.
 *
 * A session that has expired is taken out of the index on the way.
 */
export const pageScript: Script = {
  text: `
local base, mode, query, position = ARGV[1], ARGV[2], cjson.decode(ARGV[3]), ARGV[4]
local limit = tonumber(ARGV[5])
local chunk = 100

-- The operator < follows the locale of the server; the order of sorted sets does not.
local function isBefore(a, b)
  local length = math.min(#a, #b)
  for i = 1, length do
    local x, y = string.byte(a, i), string.byte(b, i)
    if x ~= y then return x < y end
  end
  return #a < #b
end

local function setOf(list)
  if not list then return nil end
  local set = {}
  for _, value in ipairs(list) do set[value] = true end
  return set
end
local versions, statuses = setOf(query.versions), setOf(query.statuses)
local steps, notSteps = setOf(query.steps), setOf(query.notSteps) or {}
local channels, notChannels = setOf(query.channels), setOf(query.notChannels) or {}
local notIds = setOf(query.notIds) or {}

local function isInTime(created)
  if not query.from and not query.to then return true end
  local at = tonumber(created)
  return at and (not query.from or at >= query.from) and (not query.to or at <= query.to)
end

local function isMarked(mark)
  if query.marked == nil then return true end
  if type(query.marked) == 'string' then
    return string.sub(mark, 1, #query.marked + 1) == query.marked .. '\\n'
  end
  return (mark ~= '') == query.marked
end

local function matches(id, h)
  local created, channel = string.match(h[6], '^(%S*) =?(.*)$')
  local hasChannel = string.match(h[6], '^%S* =') ~= nil
  return (not query.scenario or query.scenario == h[1]) and (not versions or versions[h[2]])
    and (not statuses or statuses[h[4]]) and (not steps or steps[h[3]]) and not notSteps[h[3]]
    and (not channels or (hasChannel and channels[channel])) and not (hasChannel and notChannels[channel])
    and not notIds[id] and isMarked(h[5]) and isInTime(created) and (not query.outbox or h[7] == '1')
end

local function nextIds()
  local found, bound = {}, nil
  if query.ids then
    for _, id in ipairs(query.ids) do
      if position == '' or isBefore(position, id) then found[#found + 1] = id end
    end
  else
    local seen = {}
    for _, key in ipairs(KEYS) do
      local from = position == '' and '-' or '(' .. position
      local ids = redis.call('ZRANGEBYLEX', key, from, '+', 'LIMIT', 0, chunk)
      if #ids == chunk and (not bound or isBefore(ids[chunk], bound)) then bound = ids[chunk] end
      for _, id in ipairs(ids) do
        if not seen[id] then
          seen[id] = true
          found[#found + 1] = id
        end
      end
    end
  end
  if query.ids or #KEYS > 1 then table.sort(found, isBefore) end
  return found, bound
end

local function forget(id)
  redis.call('ZREM', base .. 'outbox', id)
  local place = redis.call('HGET', base .. 'places', id)
  if not place then return end
  redis.call('ZREM', base .. 'all', id)
  redis.call('ZREM', base .. 'i:' .. place, id)
  redis.call('ZREM', base .. 'i:' .. string.match(place, '^[^:]*:[^:]*'), id)
  redis.call('HDEL', base .. 'places', id)
end

local matched, changed, visits, items, counts = 0, 0, 0, {}, {}
local function answer(state)
  for step, count in pairs(counts) do
    items[#items + 1] = step
    items[#items + 1] = string.format('%.0f', count)
  end
  local head = {state, position, string.format('%.0f', matched), string.format('%.0f', changed)}
  for _, item in ipairs(items) do head[#head + 1] = item end
  return head
end

local function act(key, h)
  if mode == 'scan' then
    items[#items + 1] = redis.call('HGET', key, 'document')
    items[#items + 1] = h[5]
  elseif mode == 'count' then
    counts[h[3]] = (counts[h[3]] or 0) + 1
  elseif mode == 'mark' then
    if string.sub(h[5], 1, #ARGV[6]) ~= ARGV[6] then
      redis.call('HSET', key, 'mark', ARGV[6] .. h[3] .. '\\n' .. ARGV[7])
      changed = changed + 1
    end
  elseif h[5] ~= '' then
    redis.call('HSET', key, 'mark', '')
    changed = changed + 1
  end
end

while true do
  local ids, bound = nextIds()
  if #ids == 0 then return answer('end') end
  for _, id in ipairs(ids) do
    if bound and isBefore(bound, id) then break end
    if visits == ${visitsPerScript} then return answer('on') end
    visits = visits + 1
    local key = base .. 'd:' .. id
    local h = redis.call('HMGET', key, 'scenario', 'version', 'step', 'status', 'mark', 'about', 'outbox')
    if not h[1] then
      forget(id)
    elseif matches(id, h) then
      if matched == limit then return answer('more') end
      act(key, h)
      matched = matched + 1
    end
    position = id
  end
  if not bound then return answer('end') end
end`,
};
