-- How things are kept. KEYS: what says so. ARGV: how this program does it.
-- Whoever comes first says it; a server that is full, or a user who may only read, changes nothing.
local found = redis.call('GET', KEYS[1])
if not found then
  redis.pcall('SET', KEYS[1], ARGV[1])
  found = ARGV[1]
end
return { found }
