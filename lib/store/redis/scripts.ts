import { createHash } from 'node:crypto';
import type { Command } from './session/connection.ts';

/** A script that runs in Redis as one atomic step, and its hash, by which Redis finds it. */
interface Script {
  readonly text: string;
  readonly sha: string;
}

/** Reads the head of a value like `codec.ts`: 0 for no revision, nothing for no expiry. */
const HEAD = `
local function head(value)
  local rev, expires, nonce = string.match(value, '^([^ ]*) ([^ ]*) ([^ ]*) ')
  if not rev or #rev > 16 or not string.match(rev, '^[1-9]%d*$')
    or tonumber(rev) > ${Number.MAX_SAFE_INTEGER} then rev = '0' end
  if not expires or #expires > 16 or not string.match(expires, '^%d+$')
    or tonumber(expires) > ${Number.MAX_SAFE_INTEGER} then expires = nil end
  return rev, tonumber(expires), nonce
end`;

/**
 * The conditional write. ARGV: field, revision that must be stored, now in seconds, own revision, own nonce, value,
 * nonce that must be stored. A nonce that either side lacks is not compared. A write that is already stored is repeated
 * unchanged, because `WAIT` only waits for writes of its own connection.
 */
export const PUT = script(`${HEAD}
local stored = redis.call('HGET', KEYS[1], ARGV[1])
local current = '0'
local current_nonce = ''
local value = ARGV[6]
if stored then
  local rev, expires, nonce = head(stored)
  if not (expires and expires <= tonumber(ARGV[3])) then
    current = rev
    current_nonce = nonce or ''
  end
  if current ~= ARGV[2] and rev == ARGV[4] and nonce == ARGV[5] then
    current = ARGV[2]
    current_nonce = ''
    value = stored
  end
end
if current ~= ARGV[2] then return 0 end
if ARGV[7] ~= '' and current_nonce ~= '' and current_nonce ~= ARGV[7] then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], value)
return 1`);

/** Deletes expired fields. ARGV: the second to compare with, the fields. */
export const COLLECT_GARBAGE = script(`${HEAD}
for index = 2, #ARGV do
  local stored = redis.call('HGET', KEYS[1], ARGV[index])
  if stored then
    local _, expires = head(stored)
    if expires and expires <= tonumber(ARGV[1]) then redis.call('HDEL', KEYS[1], ARGV[index]) end
  end
end
return 1`);

function script(text: string): Script {
  return { text, sha: createHash('sha1').update(text).digest('hex') };
}

export function scriptCommand(
  by: 'EVALSHA' | 'EVAL',
  { text, sha }: Script,
  key: string,
  args: readonly (string | number)[],
): Command {
  return [by, by === 'EVAL' ? text : sha, 1, key, ...args];
}
