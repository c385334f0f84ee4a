-- Who a subject is, where that is long.
-- KEYS: the place of it. ARGV: for how long, milliseconds, and who; or nothing, to read it.
if ARGV[1] then
  local left = math.max(redis.call('PTTL', KEYS[1]), tonumber(ARGV[1]))
  redis.call('SET', KEYS[1], ARGV[2], 'PX', string.format('%.0f', left))
end
return { 0, redis.call('GET', KEYS[1]) }
