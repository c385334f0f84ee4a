-- What lists show of sessions, in a key of its own: so that the hash of the sessions stays small.
-- KEYS: the subject's labels. ARGV: for how long, milliseconds; pairs of session and label.
-- Answers all of them, as pairs.
for i = 2, #ARGV, 2 do redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1]) end
if #ARGV > 1 and redis.call('PTTL', KEYS[1]) < tonumber(ARGV[1]) then
  redis.call('PEXPIRE', KEYS[1], ARGV[1])
end
return { 0, redis.call('HGETALL', KEYS[1]) }
