import type { PendingMigration, Session } from "../contracts/types.js";
import { RegraftError } from "../errors.js";
import { frozenCopy } from "../hash/frozen-copy.js";
import type { SessionCommit, SessionCommitResult } from "../ports/session-store.js";
import { changeDigest } from "./change-digest.js";
import type { Redis, Script } from "./redis-client.js";
import { type Heads, withHead } from "./redis-heads.js";
import { encoded, listKeys, partOf, placeOf, type RedisKeys, sessionKey, streamKey } from "./redis-keys.js";
import { markedWith, markText } from "./redis-marks.js";
import { streamLua } from "./redis-stream-scripts.js";

const rememberedKeys = 32;
/** Where the arguments of the stream begin. */
const streamAt = 19;

/**
 * One decision. Everything is compared before anything is written: the key, the revision, the head of the stream. All keys
 * begin with the same base, so they lie in one slot. A slot that moves to another node refuses a script that names a key
 * that has left; the index sets that the session leaves are named by the hash of places only, so they are asked for before
 * anything is written.
 */
const commitScript: Script = {
  text: `${streamLua}
local session, keys = KEYS[1], KEYS[2]
local base, id, expected, document = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local clear, key, digest, createdMark, ttl = ARGV[10], ARGV[11], ARGV[12], ARGV[13], ARGV[14]
local forget, wide, narrow, pending = ARGV[15], ARGV[16], ARGV[17], ARGV[18]
local name = 'session:' .. id
if key ~= '' then
  local known = redis.call('HGET', keys, key)
  if known then return {'known', known} end
end
local now = redis.call('HMGET', session, 'revision', 'mark')
local actual = now[1] or '0'
if actual ~= expected then return {'conflict', actual} end
if #ARGV > ${streamAt + 1} then
  local seq, hash = headOf(base, name)
  if ARGV[${streamAt}] ~= seq or ARGV[${streamAt + 1}] ~= hash then return {'head', seq, hash} end
end
local place = redis.call('HGET', base .. 'places', id)
local left = place and place ~= narrow and {base .. 'i:' .. place, base .. 'i:' .. string.match(place, '^[^:]*:[^:]*')} or {}
for _, set in ipairs(left) do redis.call('EXISTS', set) end
local revision = string.format('%.0f', tonumber(actual) + 1)
local mark = now[2] or ''
if actual == '0' then mark = createdMark end
if clear == '1' then mark = '' end
redis.call('HSET', session, 'revision', revision, 'document', document, 'mark', mark, 'scenario', ARGV[5],
  'version', ARGV[6], 'step', ARGV[7], 'status', ARGV[8], 'about', ARGV[9], 'outbox', pending)
if pending == '1' then redis.call('ZADD', base .. 'outbox', 0, id) else redis.call('ZREM', base .. 'outbox', id) end
for _, set in ipairs(left) do redis.call('ZREM', set, id) end
if place ~= narrow then
  redis.call('HSET', base .. 'places', id, narrow)
  redis.call('ZADD', base .. 'all', 0, id)
  redis.call('ZADD', base .. 'i:' .. wide, 0, id)
  redis.call('ZADD', base .. 'i:' .. narrow, 0, id)
end
pushFrom(base, name, ${streamAt + 2})
if forget == '1' then redis.call('DEL', keys) end
if key ~= '' then
  redis.call('HSET', keys, key, revision .. ' ' .. digest .. ' ' .. mark)
  if redis.call('HLEN', keys) > ${rememberedKeys} then
    local oldest, least
    local all = redis.call('HGETALL', keys)
    for i = 1, #all, 2 do
      local at = tonumber(string.match(all[i + 1], '^%d+'))
      if not least or at < least then oldest, least = all[i], at end
    end
    redis.call('HDEL', keys, oldest)
  end
end
for _, each in ipairs({session, keys}) do
  if ttl ~= '' then redis.call('PEXPIRE', each, ttl) else redis.call('PERSIST', each) end
end
return {'ok', mark}`,
};

const settleScript: Script = {
  text: `
local session, index, id, revision, document = KEYS[1], KEYS[2], ARGV[1], ARGV[2], ARGV[3]
local now = redis.call('HMGET', session, 'revision', 'outbox')
if now[1] ~= revision or now[2] ~= '1' then return {'0'} end
redis.call('HSET', session, 'document', document, 'outbox', '0')
redis.call('ZREM', index, id)
return {'1'}`,
};

/** Takes the outbox off a session that is still at its revision. */
export async function settleOutbox(redis: Redis, keys: RedisKeys, given: Session): Promise<boolean> {
  const { outbox: _, pendingMigration: __, ...session } = given;
  const base = keys.sessions(session.tenantId, partOf(session.id));
  const args = [encoded(session.id), String(session.revision), JSON.stringify(frozenCopy(session))];
  const [settled] = await redis.run(settleScript, [sessionKey(base, session), `${base}outbox`], args);
  return settled === "1";
}

/** The key of a commit, what was written under it, and the mark of that moment. */
function recalled(session: Session, known: string, digest: string, idempotencyKey: string): SessionCommitResult {
  const [, first = ""] = known.split(" ", 2);
  if (first === digest) {
    // The change is the same, so it says itself what was written then; only the mark has to be remembered.
    const mark = known.split(" ").slice(2).join(" ");
    return { ok: true, session: markedWith(session, mark), repeated: true };
  }
  throw new RegraftError("STORE.IDEMPOTENCY_CONFLICT", "the key was used for another change of this session", {
    expected: "the change first sent under this key",
    idempotencyKey,
    sessionId: session.id,
  });
}

/** What a query asks about besides the place: the time of creation, and the channel if there is one. */
function aboutOf({ createdAt, channel }: Session): string {
  const createdAtMs = Date.parse(createdAt);
  return `${Number.isNaN(createdAtMs) ? "" : createdAtMs} ${channel === undefined ? "" : `=${encoded(channel)}`}`;
}

function markArgument(mark: PendingMigration | undefined): string {
  return mark === undefined ? "" : markText(frozenCopy(mark));
}

/** Writes a session with its index, its records and its key in one script. */
export async function commitSession(
  redis: Redis,
  keys: RedisKeys,
  heads: Heads,
  ttlMs: number | undefined,
  given: SessionCommit,
  idempotencyKey: string | undefined,
): Promise<SessionCommitResult> {
  const { pendingMigration, ...rest } = given.session;
  const change = frozenCopy({ ...given, session: rest });
  const { expectedRevision, records = [] } = change;
  const session: Session = { ...change.session, revision: expectedRevision + 1 };
  const { tenantId, id } = session;
  const subject = { kind: "session", tenantId, id };
  const base = keys.sessions(tenantId, partOf(id));
  const stream = streamKey(base, subject);
  const digest = idempotencyKey === undefined ? "" : changeDigest(change);
  const [wide, narrow] = placeOf(session);
  const index = [`${base}outbox`, `${base}places`, `${base}all`, `${base}i:${wide}`, `${base}i:${narrow}`];
  const names = [sessionKey(base, session), `${base}k:${encoded(id)}`, stream, ...index, ...listKeys(base)];
  const args = [
    base,
    encoded(id),
    String(expectedRevision),
    JSON.stringify(session),
    encoded(session.scenarioId),
    String(session.scenarioVersion),
    encoded(session.stepId),
    session.status,
    aboutOf(session),
    change.clearMark === true ? "1" : "0",
    idempotencyKey === undefined ? "" : `=${encoded(idempotencyKey)}`,
    digest,
    markArgument(pendingMigration),
    ttlMs === undefined ? "" : String(ttlMs),
    change.forget === true ? "1" : "0",
    wide,
    narrow,
    (session.outbox?.length ?? 0) > 0 ? "1" : "0",
  ];
  const attempt = (more: readonly string[]) => redis.run(commitScript, names, [...args, ...more]);
  const [outcome, value = ""] =
    records.length === 0 ? await attempt([]) : await withHead(heads, stream, subject, records, attempt);
  if (outcome === "ok") return { ok: true, session: markedWith(session, value), repeated: false };
  if (outcome === "known") return recalled(session, value, digest, idempotencyKey ?? "");
  return { ok: false, conflict: { expected: expectedRevision, actual: Number(value) } };
}
