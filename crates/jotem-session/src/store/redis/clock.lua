-- The store's clock, so that application servers may differ: milliseconds since 1970, and seconds.
local time = redis.call('TIME')
local now_s = tonumber(time[1])
local now = now_s * 1000 + math.floor(time[2] / 1000)
