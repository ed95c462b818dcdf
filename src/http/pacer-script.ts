/**
 * What the shared pacer runs inside Redis: one script that lets a request leave or tells how long to wait, so that no two workers can take
 * the same place. Times are Redis's own (`REDIS_NOW`), so the clocks of the workers need not agree. Every entry lapses by itself: whatever a killed
 * worker held or stood in comes free.
 *
 * Keys: what is known of the connection (`due`, `quiet`, `why`, `seq`), its slots by the time they lapse, the line of waiting workers by
 * arrival, and the same workers by the time their place lapses. A worker stands in line once, for the first of its own queue, so workers
 * take turns however many each has waiting.
 *
 * The bucket is `due`, as in the embedded pacer: the n-th in line may leave at `due + n intervals - leeway`, and whoever leaves pushes it on.
 */
export interface PacerScripts {
  readonly enter: string
  /** Nobody leaves for so long from now. Never shortens an earlier quiet. */
  readonly quiet: string
  /** Holds slots for so long from now, also those that were forgotten with everything else. */
  readonly hold: string
}

/** `now`: Lua that gives the present moment in milliseconds. */
export function pacerScripts(now: string): PacerScripts {
  const preamble = `local now = ${now}\n`
  return { enter: preamble + ENTER, quiet: preamble + QUIET, hold: preamble + HOLD }
}

export const REDIS_NOW = `(function()
  local time = redis.call('TIME')
  return time[1] * 1000 + time[2] / 1000
end)()`

const IDLE_MS = 3_600_000
/** How much longer than it was told to wait a worker keeps its place in line. */
const LATE_MS = 1_000

const ENTER = `
local known, slots, line, lapses = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local me, slot, why = ARGV[1], ARGV[2], ARGV[10]
local interval, leeway, concurrency = tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
local carried, slotMs, quietMs = tonumber(ARGV[6]), tonumber(ARGV[7]), tonumber(ARGV[8])
local patience = tonumber(ARGV[9])
local function text(number) return string.format('%.3f', number) end
local function keep(forMs)
  for _, key in ipairs(KEYS) do redis.call('PEXPIRE', key, math.ceil(forMs + ${IDLE_MS})) end
end

for _, gone in ipairs(redis.call('ZRANGEBYSCORE', lapses, '-inf', text(now))) do
  redis.call('ZREM', line, gone)
  redis.call('ZREM', lapses, gone)
end
redis.call('ZREMRANGEBYSCORE', slots, '-inf', text(now))

local quiet = tonumber(redis.call('HGET', known, 'quiet') or '0')
if quietMs > 0 and now + quietMs > quiet then
  quiet = now + quietMs
  redis.call('HSET', known, 'quiet', text(quiet), 'why', why)
else
  why = redis.call('HGET', known, 'why') or ''
end
if quiet - now > patience then
  redis.call('ZREM', line, me)
  redis.call('ZREM', lapses, me)
  keep(quiet - now)
  return {'quiet', text(quiet - now), why}
end

if not redis.call('ZSCORE', line, me) then
  redis.call('ZADD', line, redis.call('HINCRBY', known, 'seq', 1), me)
end
local rank = redis.call('ZRANK', line, me)
local due = tonumber(redis.call('HGET', known, 'due') or '0')
local ready = due + rank * interval - leeway
local answer
if quiet > now and quiet >= ready then answer = {'quiet', text(quiet - now), why}
elseif ready > now then answer = {'pace', text(ready - now), ''}
elseif concurrency - redis.call('ZCARD', slots) <= rank then answer = {'full', '0', ''}
end
if answer then
  redis.call('ZADD', lapses, text(now + answer[2] + ${LATE_MS}), me)
else
  redis.call('HSET', known, 'due', text(math.max(due, now - carried) + interval))
  redis.call('ZADD', slots, text(now + slotMs), slot)
  redis.call('ZREM', line, me)
  redis.call('ZREM', lapses, me)
  answer = {'go', '0', ''}
end
keep(math.max(quiet - now, 0))
return answer
`

const QUIET = `
local until_ms = now + tonumber(ARGV[1])
if until_ms > tonumber(redis.call('HGET', KEYS[1], 'quiet') or '0') then
  redis.call('HSET', KEYS[1], 'quiet', string.format('%.3f', until_ms), 'why', ARGV[2])
  redis.call('PEXPIRE', KEYS[1], math.ceil(tonumber(ARGV[1]) + ${IDLE_MS}))
end
`

const HOLD = `
local lapses = string.format('%.3f', now + tonumber(ARGV[1]))
for index = 2, #ARGV do redis.call('ZADD', KEYS[1], lapses, ARGV[index]) end
redis.call('PEXPIRE', KEYS[1], ${IDLE_MS})
`
