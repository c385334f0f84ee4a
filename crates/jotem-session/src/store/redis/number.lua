-- The number of a name; a new one if it has none, or if it is to have a new one.
-- KEYS: the names; the feed, if it is on the same server.
-- ARGV: the name; the number that was drawn for it; then, if it is to have a new one, the fingerprint and
-- for how long it matters.
-- Answers: the number, the clock, what is still to be told.
local number = redis.call('HGET', KEYS[1], '=' .. ARGV[1])
if number and not ARGV[3] then return { tonumber(number), now } end
if ARGV[3] then
  if number then redis.call('HDEL', KEYS[1], '#' .. number) end
  number = math.max((tonumber(number) or 0) + 1, now_s)
else
  number = tonumber(ARGV[2])
end
while redis.call('HEXISTS', KEYS[1], '#' .. number) == 1 do number = number + 1 end
redis.call('HSET', KEYS[1], '=' .. ARGV[1], number, '#' .. number, ARGV[1])
if not ARGV[3] then return { number, now } end
local told = notice(ARGV[3], tonumber(ARGV[4]), number)
if KEYS[2] then tell(told) end
return { number, now, told }
