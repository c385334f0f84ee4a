-- Keeps a new session. Forgets what is over, and the least recently used sessions if there are too many;
-- of those that have ended, as many are kept as may live.
-- KEYS: the subject's hash.
-- ARGV: the session; its numbers, packed by session.rs; who the subject is, or nothing if that is long.
-- Answers: 0, the clock, the epoch, the record, the sessions that ended, others that are forgotten.
local lifetime, idle, client, grant, authenticated, is_given, most, expected, is_expected =
  struct.unpack('>I4I4I4I4I4BI4I4B', ARGV[2])
local epoch = tonumber(redis.call('HGET', KEYS[1], 'e') or '0')
if is_expected == 1 and expected ~= epoch then return { 1, now, epoch } end

local living, dead, over = {}, {}, {}
local all = redis.call('HGETALL', KEYS[1])
for i = 1, #all, 2 do
  local session, record = all[i], all[i + 1]
  if #session == 16 and #record == 61 then
    if now_s >= struct.unpack('>I4', record, 22) then
      over[#over + 1] = session
    else
      -- The number that unpack returns next, too, would be a third entry without the brackets.
      local all_of_them = string.byte(record) == 16 and living or dead
      all_of_them[#all_of_them + 1] = { (struct.unpack('>I6', record, 6)), session }
    end
  end
end
-- By bytes: Lua would compare texts as the language of the server's system does.
local function is_before(a, b)
  if a[1] ~= b[1] then return a[1] < b[1] end
  for i = 1, 16 do
    local x, y = string.byte(a[2], i), string.byte(b[2], i)
    if x ~= y then return x < y end
  end
  return false
end
local ended = {}
if most > 0 and #living >= most then
  table.sort(living, is_before)
  for i = 1, #living - most + 1 do ended[i] = living[i][2] end
end
if most > 0 and #dead > most then
  table.sort(dead, is_before)
  for i = 1, #dead - most do over[#over + 1] = dead[i][2] end
end
for _, session in ipairs(over) do redis.call('HDEL', KEYS[1], session) end
for _, session in ipairs(ended) do redis.call('HDEL', KEYS[1], session) end

local end_s = math.min(4294967295, now_s + lifetime)
if is_given == 0 then authenticated = now_s end
local record = struct.pack('>BI4I6I2I2I2I4I4I4I4I4', 16, 1, now, 0, 0, 0,
  math.min(end_s, now_s + idle), end_s, client, grant, authenticated) .. string.sub(ARGV[2], 31, 54)
redis.call('HSET', KEYS[1], ARGV[1], record)
if ARGV[3] ~= '' then redis.call('HSET', KEYS[1], 'u', ARGV[3]) end
local keep = lifetime * 1000 + 172800000
if redis.call('PTTL', KEYS[1]) < keep then redis.call('PEXPIRE', KEYS[1], keep) end
return { 0, now, epoch, record, ended, over }
