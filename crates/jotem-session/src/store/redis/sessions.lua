-- All sessions of a subject.
-- KEYS: the subject's hash. Answers: the clock, who it is, the epoch, pairs of session and record.
local who = redis.call('HMGET', KEYS[1], 'u', 'e')
local all, sessions = redis.call('HGETALL', KEYS[1]), {}
for i = 1, #all, 2 do
  if #all[i] == 16 then
    sessions[#sessions + 1] = all[i]
    sessions[#sessions + 1] = all[i + 1]
  end
end
return { now, who[1], who[2], sessions }
