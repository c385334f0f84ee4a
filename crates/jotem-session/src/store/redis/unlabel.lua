-- Forgets labels. KEYS: the subject's labels. ARGV: the sessions.
for i = 1, #ARGV do redis.call('HDEL', KEYS[1], ARGV[i]) end
return 0
