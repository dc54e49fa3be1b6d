/**
 * @module What bull 4 does not do, as steps that Redis does whole or not at all: superseding, groups, locks that survive a break of the
 * connection, attempts as our policy counts them. They share the keys of bull 4.16: PREFIX:kcovet:JOB is a hash, `JOB:lock` its lock.
 */

/** Drops from a set of parked jobs what has ended or is gone; the first that is left, with its score. */
const FIRST_PARKED = `
local function firstParked(parked, base)
  while true do
    local first = redis.call('ZRANGE', parked, 0, 0, 'WITHSCORES')
    if #first == 0 then return nil, nil end
    local job = base .. first[1]
    if redis.call('EXISTS', job) == 1 and redis.call('HEXISTS', job, 'finishedOn') == 0 then return first[1], tonumber(first[2]) end
    redis.call('ZREM', parked, first[1])
  end
end
`;

/** Whether a job is with a worker: until it ends, is put back, or its worker is found dead. */
const IS_ACTIVE = `
local function isActive(active, id)
  for _, one in ipairs(redis.call('LRANGE', active, 0, -1)) do
    if one == id then return true end
  end
  return false
end
`;

/** `keys`: how many of the arguments are keys. What each is for is at its method of BullSteps. */
export const scripts = {
  kcovetKept: {
    keys: 2,
    lua: `
local data = redis.call('HGET', KEYS[1], 'data')
if not data or string.sub(data, 1, #ARGV[1]) ~= ARGV[1] then return false end
if ARGV[4] == '' then return '' end
local seq = tonumber(redis.call('HGET', KEYS[2], 'seq') or '0')
if seq > tonumber(ARGV[2]) then return '' end
local before = redis.call('HGET', KEYS[2], 'job') or ''
redis.call('HSET', KEYS[2], 'seq', ARGV[2], 'job', ARGV[3])
redis.call('PEXPIRE', KEYS[2], ARGV[4])
return before`,
  },
  kcovetSuperseded: {
    keys: 2,
    lua: `
local newest = tonumber(redis.call('HGET', KEYS[2], 'seq') or '0')
local own = math.max(tonumber(ARGV[1]), tonumber(redis.call('HGET', KEYS[1], 'retriedSeq') or '0'))
return newest > own and 1 or 0`,
  },
  kcovetBegin: {
    keys: 1,
    lua: `
local runs = redis.call('HINCRBY', KEYS[1], 'runs', 1)
return {runs, tonumber(redis.call('HGET', KEYS[1], 'delays') or '0'), redis.call('HGET', KEYS[1], 'error') or ''}`,
  },
  // The group is its holder's for as long as that is with a worker, whatever the time: no lock that may run out.
  kcovetEnter: {
    keys: 3,
    lua: `${FIRST_PARKED}${IS_ACTIVE}
local holder = redis.call('GET', KEYS[1])
local first, score = firstParked(KEYS[2], ARGV[4])
local isHeld = holder and holder ~= ARGV[1] and isActive(KEYS[3], holder)
local isLater = first and first ~= ARGV[1] and score < tonumber(ARGV[2])
if isHeld or isLater then
  redis.call('ZADD', KEYS[2], ARGV[2], ARGV[1])
  if isHeld then return '' end
  return first
end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[3])
redis.call('ZREM', KEYS[2], ARGV[1])
return false`,
  },
  kcovetLeave: {
    keys: 2,
    lua: `${FIRST_PARKED}
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return '' end
redis.call('DEL', KEYS[1])
return (firstParked(KEYS[2], ARGV[2])) or ''`,
  },
  kcovetKeep: {
    keys: 3,
    lua: `${IS_ACTIVE}
local token = redis.call('GET', KEYS[1])
if token and token ~= ARGV[1] then return 0 end
if not token and not isActive(KEYS[3], ARGV[3]) then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
redis.call('SREM', KEYS[2], ARGV[3])
return 1`,
  },
  kcovetPutOff: {
    keys: 2,
    lua: `
if redis.call('GET', KEYS[2]) ~= ARGV[1] then return 0 end
if ARGV[2] == '1' then
  redis.call('HINCRBY', KEYS[1], 'runs', -1)
  redis.call('HINCRBY', KEYS[1], 'delays', 1)
end
redis.call('HSET', KEYS[1], 'error', ARGV[3])
return 1`,
  },
  kcovetRetry: {
    keys: 3,
    lua: `
if redis.call('ZREM', KEYS[2], ARGV[1]) == 0 then return 0 end
redis.call('HDEL', KEYS[1], 'finishedOn', 'processedOn', 'failedReason', 'runs', 'delays', 'error')
redis.call('HSET', KEYS[1], 'retriedSeq', ARGV[2], 'attemptsMade', 0, 'stacktrace', '[]')
redis.call('ZADD', KEYS[3], ARGV[3] * 4096, ARGV[1])
redis.call('PUBLISH', KEYS[3], ARGV[3])
return 1`,
  },
} as const;

export type ScriptName = keyof typeof scripts;
