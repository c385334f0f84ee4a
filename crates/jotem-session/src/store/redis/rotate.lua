-- Decides about a refresh token as rotation::decide does, and keeps what comes of it.
-- KEYS: the subject's hash; the feed, if it is on the same server.
-- ARGV: the session; what is presented and the policy, packed by session.rs.
-- Answers: the decision, the clock, the record, who it is, the epoch, what is still to be told.
local session = ARGV[1]
local kept
if KEYS[2] then
  kept = redis.call('HMGET', KEYS[1], session, 'u', 'e')
else
  kept = redis.call('HMGET', KEYS[1], session, 'u', 'e', 'o' .. session)
end
local record = kept[1]
if not record then return { -1, now } end
local head = string.byte(record)
if #record ~= 61 or head < 16 or head > 19 then return { -2, now, record } end

local p, client, window, bound_window, idle, keep_s, depth, repairs =
  struct.unpack('>I4I4I6I6I4I4BB', ARGV[2])
local function answer(decision) return { decision, now, record, kept[2], kept[3], kept[4] } end

-- Who is not entitled changes nothing: secret, client, bound key.
if string.sub(record, 38, 49) ~= string.sub(ARGV[2], 31, 42) then return answer(7) end
local g, rotated, d1, d2, d3, idle_end, over, by = struct.unpack('>I4I6I2I2I2I4I4I4', record, 2)
if by ~= client then return answer(8) end
local binding = string.sub(record, 50, 61)
local is_bound = binding ~= string.rep('\0', 12)
if is_bound and binding ~= string.sub(ARGV[2], 43, 54) then return answer(9) end
if head ~= 16 then return answer(5) end
if now_s >= over or now_s >= idle_end then return answer(6) end

local function ends(decision, state)
  record = string.char(16 + state) .. string.sub(record, 2)
  redis.call('HSET', KEYS[1], session, record)
  local told = notice(string.sub(ARGV[2], 55, 62), keep_s)
  tell(told, 'o' .. session)
  if not KEYS[2] then kept[4] = told end
  return answer(decision)
end

if p > g and repairs == 0 then return ends(4, 3) end
if p >= g then
  local gap = math.max(0, math.min(65535, now_s - math.floor(rotated / 1000)))
  record = struct.pack('>BI4I6I2I2I2I4', 16, math.min(4294967295, p + 1), now, gap, d1, d2,
    math.min(over, now_s + idle)) .. string.sub(record, 22)
  redis.call('HSET', KEYS[1], session, record)
  return answer(p == g and 0 or 1)
end

local back = g - p
if back <= depth then
  local age = math.max(0, now - rotated)
  if back >= 2 then age = age + d1 * 1000 end
  if back >= 3 then age = age + d2 * 1000 end
  if back >= 4 then age = age + d3 * 1000 end
  -- Strictly less: a window of nothing is nothing, in the same millisecond too.
  if age < (is_bound and bound_window or window) then return answer(2) end
end
return ends(3, 2)
