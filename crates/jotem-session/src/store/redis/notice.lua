-- What verifiers are told: a fingerprint (8 bytes), until when it matters, and the epoch of a subject.
local function notice(fingerprint, keep_s, epoch)
  local until_s = math.min(4294967295, math.ceil(now / 1000) + keep_s)
  local told = fingerprint .. struct.pack('>I4', until_s)
  if epoch then told = told .. struct.pack('>I4', epoch) end
  return told
end

-- Tells them in the same step where the feed (KEYS[2]) is on the same server. Elsewhere, on Cluster, what
-- is to be told is kept beside the sessions until the caller has told it.
local function tell(told, field)
  if KEYS[2] then
    redis.call('XADD', KEYS[2], '*', 'r', told)
  else
    redis.call('HSET', KEYS[1], field, told)
  end
end
