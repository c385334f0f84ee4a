-- Ends one session of a subject, or all of them.
-- KEYS: the subject's hash; the feed, if it is on the same server.
-- ARGV: the session, or nothing for all; the state that it ends in; the fingerprint; for how long it matters.
-- Answers: how many lived, the clock, the epoch if it was raised, what is still to be told.
local state = string.char(16 + tonumber(ARGV[2]))
local ended = 0
local function finish(session, record)
  if #session == 16 and #record == 61 and string.byte(record) == 16 then
    redis.call('HSET', KEYS[1], session, state .. string.sub(record, 2))
    ended = ended + 1
  end
end

if ARGV[1] ~= '' then
  local record = redis.call('HGET', KEYS[1], ARGV[1])
  if record then finish(ARGV[1], record) end
  local told = notice(ARGV[3], tonumber(ARGV[4]))
  -- On Cluster nothing is left where there was nothing: the caller tells what it is answered.
  if record or KEYS[2] then tell(told, 'o' .. ARGV[1]) end
  return { ended, now, false, told }
end

local all = redis.call('HGETALL', KEYS[1])
for i = 1, #all, 2 do finish(all[i], all[i + 1]) end
-- One more, or the time: it never comes back after it was forgotten.
local epoch = tonumber(redis.call('HGET', KEYS[1], 'e') or '0')
epoch = math.min(4294967295, math.max(epoch + 1, now_s))
redis.call('HSET', KEYS[1], 'e', string.format('%.0f', epoch))
local told = notice(ARGV[3], tonumber(ARGV[4]), epoch)
tell(told, 'o')
-- It is remembered for longer than a token lives.
if redis.call('PTTL', KEYS[1]) < 172800000 then redis.call('PEXPIRE', KEYS[1], 172800000) end
return { ended, now, epoch, told }
