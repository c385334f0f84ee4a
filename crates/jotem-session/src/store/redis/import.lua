-- Keeps sessions of one subject as they are.
-- KEYS: the subject's hash. ARGV: who it is, or nothing if that is long; the epoch; pairs of session and
-- record.
local over = now_s
for i = 3, #ARGV, 2 do
  redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1])
  over = math.max(over, (struct.unpack('>I4', ARGV[i + 1], 22)))
end
if ARGV[1] ~= '' then redis.call('HSET', KEYS[1], 'u', ARGV[1]) end
local epoch = tonumber(redis.call('HGET', KEYS[1], 'e') or '0')
if tonumber(ARGV[2]) > epoch then redis.call('HSET', KEYS[1], 'e', ARGV[2]) end
local keep = (over - now_s) * 1000 + 172800000
if redis.call('PTTL', KEYS[1]) < keep then redis.call('PEXPIRE', KEYS[1], keep) end
return { 0, now }
