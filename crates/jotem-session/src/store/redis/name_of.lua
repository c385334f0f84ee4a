-- The name that has a number. KEYS: the names. ARGV: the number.
return { 0, redis.call('HGET', KEYS[1], '#' .. ARGV[1]) }
