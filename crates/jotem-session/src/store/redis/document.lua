-- A document, unless it is still of a revision. Revisions are compared as texts: Lua's numbers end too soon.
-- KEYS: the document. ARGV: the revision.
local kept = redis.call('HMGET', KEYS[1], 'r', 't')
if not kept[1] or kept[1] == ARGV[1] then return { 0 } end
return { 1, kept[1], kept[2] }
