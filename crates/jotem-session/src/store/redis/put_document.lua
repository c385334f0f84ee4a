-- Puts a document in the place of the one that is expected there.
-- KEYS: the document. ARGV: the revision that is expected, 0 for none; the new one; the text.
if (redis.call('HGET', KEYS[1], 'r') or '0') ~= ARGV[1] then return { 0 } end
redis.call('HSET', KEYS[1], 'r', ARGV[2], 't', ARGV[3])
return { 1 }
