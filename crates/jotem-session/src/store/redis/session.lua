-- One session of a subject.
-- KEYS: the subject's hash. ARGV: the session. Answers: the clock, the record, who it is, the epoch.
local kept = redis.call('HMGET', KEYS[1], ARGV[1], 'u', 'e')
return { now, kept[1], kept[2], kept[3] }
