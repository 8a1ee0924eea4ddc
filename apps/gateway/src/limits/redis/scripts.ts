/**
 * Takes or looks at many requests, one after the other, as nobody else does anything meanwhile.
 *
 * A counter is a list: how many requests there are in it, then the times at which they came, oldest first, and how
 * many came then. A request is in ARGV as how many counters bind it, and for each its limit, window and resolution in
 * milliseconds and how many to count (0: only look); the keys of its counters follow those of the requests before it in KEYS. Where
 * one of those it counts in has no room for one more nothing is counted; one that has not room for all of them counts one. Several
 * at once are for requests to come within the resolution, and counted as if all of them came at its end. The answer has four
 * numbers for each counter: whether there was room, how many are counted, milliseconds until the reset, how many were counted now.
 */
export const TAKE = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local CHUNK = 256

local function expire(counter)
  local at = 1
  repeat
    local chunk = redis.call('LRANGE', counter.key, at, at + CHUNK - 1)
    local i = 1
    counter.oldest = nil
    while chunk[i] do
      local came = tonumber(chunk[i])
      if came + counter.window > now then
        counter.oldest = came
        break
      end
      counter.total = counter.total - chunk[i + 1]
      i = i + 2
    end
    at = at + i - 1
  until counter.oldest or #chunk < CHUNK
  redis.call('LTRIM', counter.key, at - 1, -1)
  redis.call('LSET', counter.key, 0, counter.total)
end

local function look(key, arg)
  local head = redis.call('LRANGE', key, 0, 1)
  local counter = {
    key = key,
    limit = tonumber(ARGV[arg]),
    window = tonumber(ARGV[arg + 1]),
    resolution = tonumber(ARGV[arg + 2]),
    known = head[1],
    total = tonumber(head[1] or 0),
    oldest = tonumber(head[2]),
  }
  if counter.oldest and counter.oldest + counter.window <= now then expire(counter) end
  return counter
end

local function count(counter, many)
  local key = counter.key
  local due = now
  if many > 1 then due = math.ceil(now + counter.resolution) end
  local came, joins = due, false
  counter.total = counter.total + many
  if not counter.known then
    redis.call('RPUSH', key, many, came, many)
  else
    local tail = redis.call('LRANGE', key, -4, -1)
    local n = #tail
    local last = tail[n - 1]
    -- The clock may be set back; a list stays in order all the same.
    if n > 1 then came = math.max(due, tonumber(last)) end
    joins = n == 4 and came - tail[1] < counter.resolution
    if joins then
      if came > tonumber(last) then redis.call('LSET', key, -2, came) end
      redis.call('LSET', key, -1, tail[4] + many)
    else
      redis.call('RPUSH', key, came, many)
    end
    redis.call('LSET', key, 0, counter.total)
  end
  -- Those that join another stay within the resolution of it, and none comes later than that.
  if not joins then redis.call('PEXPIRE', key, math.ceil(counter.window + 2 * counter.resolution)) end
  counter.oldest = counter.oldest or came
end

local function reset(counter)
  if not counter.oldest then return counter.window end
  local leaves = counter.oldest
  local over = counter.total - counter.limit
  if over > 0 and counter.resolution == 0 then
    leaves = tonumber(redis.call('LINDEX', counter.key, 2 * over + 1) or leaves)
  elseif over > 0 then
    local all = redis.call('LRANGE', counter.key, 1, -1)
    local left = counter.total
    for i = 1, #all, 2 do
      leaves = tonumber(all[i])
      left = left - all[i + 1]
      if left < counter.limit then break end
    end
  end
  return math.min(counter.window, math.max(0, leaves + counter.window - now))
end

local answer = {}
local key, arg = 0, 1
while ARGV[arg] do
  local size = tonumber(ARGV[arg])
  local counters, full = {}, false
  arg = arg + 1
  for i = 1, size do
    local counter = look(KEYS[key + i], arg)
    counter.many = tonumber(ARGV[arg + 3])
    counter.room = counter.total < counter.limit
    full = full or (counter.many > 0 and not counter.room)
    counters[i] = counter
    arg = arg + 4
  end
  key = key + size
  for _, counter in ipairs(counters) do
    local many = counter.many
    if full then many = 0 elseif counter.total + many > counter.limit then many = 1 end
    if many > 0 then count(counter, many) end
    table.insert(answer, counter.room and 1 or 0)
    table.insert(answer, counter.total)
    table.insert(answer, reset(counter))
    table.insert(answer, many)
  end
end
return answer
`;

/** Takes back the newest request that each of KEYS counts, none where it counts none any more. */
export const GIVE_BACK = `
for _, key in ipairs(KEYS) do
  local size = redis.call('LLEN', key)
  if size >= 3 then
    local came = tonumber(redis.call('LINDEX', key, -1))
    if size == 3 and came == 1 then
      redis.call('DEL', key)
    else
      if came > 1 then redis.call('LSET', key, -1, came - 1) else redis.call('LTRIM', key, 0, -3) end
      redis.call('LSET', key, 0, redis.call('LINDEX', key, 0) - 1)
    end
  end
end
`;

/** Says that the gateway ARGV[1] lives, and answers how many did in the last ARGV[2] milliseconds. */
export const BEAT = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZADD', KEYS[1], now, ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return redis.call('ZCARD', KEYS[1])
`;
