-- Takes or prolongs a lease. KEYS: the lease. ARGV: who; for how long, milliseconds.
local by = redis.call('GET', KEYS[1])
if by and by ~= ARGV[1] then return { 0 } end
if ARGV[2] == '0' then
  redis.call('DEL', KEYS[1])
else
  redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
end
return { 1 }
