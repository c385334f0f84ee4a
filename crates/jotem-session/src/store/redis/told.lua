-- Forgets what was to be told, once it was: on Cluster.
-- KEYS: the subject's hash. ARGV: pairs of the session, or nothing for the subject, and what was told.
for i = 1, #ARGV, 2 do
  if redis.call('HGET', KEYS[1], 'o' .. ARGV[i]) == ARGV[i + 1] then
    redis.call('HDEL', KEYS[1], 'o' .. ARGV[i])
  end
end
return 0
