-- What was told after a place.
-- KEYS: the feed. ARGV: the place; how many at most.
-- Answers: the clock, whether it begins anew, the entries.
-- Who was the primary and follows another now may be behind it without end: a reader would take it for news.
local about = redis.pcall('INFO', 'replication')
if type(about) == 'string' and string.find(about, 'role:slave', 1, true) then
  return redis.error_reply('READONLY it is a copy by now')
end
-- A copy that takes over may have lost what was read already, and have gone on from before it: what is new
-- may lie before the place, too. So a place holds only while its entry is there; else everything that is
-- kept is told again. That is also so once the entry was over, and then little is kept.
local place, is_anew = ARGV[1], 0
if place ~= '0-0' and #redis.call('XRANGE', KEYS[1], place, place) == 0 then place, is_anew = '0-0', 1 end
return { now, is_anew, redis.call('XRANGE', KEYS[1], '(' .. place, '+', 'COUNT', ARGV[2]) }
