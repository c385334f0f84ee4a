-- Tells verifiers.
-- KEYS: the feed. ARGV: pairs of a fingerprint and for how long it matters; or, where the first is empty, of
-- nothing and what was made ready before.
for i = 1, #ARGV, 2 do
  local told = ARGV[i] == '' and ARGV[i + 1] or notice(ARGV[i], tonumber(ARGV[i + 1]))
  redis.call('XADD', KEYS[1], '*', 'r', told)
end
return { 0, now }
