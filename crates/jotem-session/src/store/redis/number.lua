-- The number of a name; a new one if it has none, or if it is to have a new one.
-- KEYS: the names; the feed, if it is on the same server.
-- ARGV: the name; then, for a new number, the fingerprint and for how long it matters.
-- Answers: the number, the clock, what is still to be told.
local number = redis.call('HGET', KEYS[1], '=' .. ARGV[1])
if number and not ARGV[2] then return { tonumber(number), now } end
if number then redis.call('HDEL', KEYS[1], '#' .. number) end
number = redis.call('HINCRBY', KEYS[1], 'last', 1)
redis.call('HSET', KEYS[1], '=' .. ARGV[1], number, '#' .. number, ARGV[1])
if not ARGV[2] then return { number, now } end
local told = notice(ARGV[2], tonumber(ARGV[3]))
if KEYS[2] then tell(told) end
return { number, now, told }
