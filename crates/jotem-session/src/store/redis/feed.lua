-- What was told after a place.
-- KEYS: the feed. ARGV: the place; how many at most.
-- Answers: the clock, whether it begins anew, the entries.
-- A copy that takes over may have lost what was read already, and gives its places once more: then
-- everything that is kept is told again.
local place, is_anew = ARGV[1], 0
local last = '0-0'
if redis.call('EXISTS', KEYS[1]) == 1 then
  local about = redis.call('XINFO', 'STREAM', KEYS[1])
  for i = 1, #about, 2 do
    if about[i] == 'last-generated-id' then last = about[i + 1] end
  end
end
local function parts(id)
  local ms, n = string.match(id, '^(%d+)-(%d+)$')
  return tonumber(ms), tonumber(n)
end
local a, b = parts(last)
local c, d = parts(place)
if a < c or (a == c and b < d) then place, is_anew = '0-0', 1 end
return { now, is_anew, redis.call('XRANGE', KEYS[1], '(' .. place, '+', 'COUNT', ARGV[2]) }
