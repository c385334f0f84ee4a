-- What of a subject is still to be told: on Cluster.
-- KEYS: the subject's hash. Answers pairs: the session, or nothing for the subject, and what is to be told.
local untold = {}
local all = redis.call('HGETALL', KEYS[1])
for i = 1, #all, 2 do
  if string.sub(all[i], 1, 1) == 'o' and (#all[i] == 1 or #all[i] == 17) then
    untold[#untold + 1] = string.sub(all[i], 2)
    untold[#untold + 1] = all[i + 1]
  end
end
return { 0, untold }
