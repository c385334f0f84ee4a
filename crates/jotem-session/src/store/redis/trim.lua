-- Forgets what is over in the feed, from a place on. Each entry says itself until when it matters, and none
-- is forgotten before.
-- KEYS: the feed. ARGV: the place; how many entries are looked at.
-- Answers: how many were forgotten, how many were looked at, the last place that was.
local entries = redis.call('XRANGE', KEYS[1], '(' .. ARGV[1], '+', 'COUNT', ARGV[2])
local forgotten, last = 0, ARGV[1]
for _, entry in ipairs(entries) do
  last = entry[1]
  local told = entry[2][2]
  if #told >= 12 and struct.unpack('>I4', told, 9) <= now_s then
    forgotten = forgotten + redis.call('XDEL', KEYS[1], last)
  end
end
return { forgotten, #entries, last }
