import { entryHash, genesisHash } from "../../src/ledger/chain.js";
import type { LedgerEntry } from "../../src/ports/ledger.js";
import type { RecordStore } from "../../src/ports/record-store.js";
import type { SessionCommit, SessionCommitResult, SessionQuery, SessionStore } from "../../src/ports/session-store.js";

type Store = SessionStore & RecordStore;

/** A way in which a store can be broken, and a test that must notice. */
export interface Mutant {
  readonly fault: string;
  readonly noticedBy: string;
  /** What is put in the place of the right methods. */
  readonly mutate: (store: Store) => Partial<Store>;
}

async function eachMatching(store: Store, query: SessionQuery, visit: (id: string) => Promise<void>): Promise<void> {
  const { sessions } = await store.scan(query, { limit: 1000 });
  for (const { id } of sessions) await visit(id);
}

/** Writes whatever the revision is, and whatever the pointers are that the write is bound to: nothing else makes it a conflict. */
async function commitAnyway(
  store: Store,
  change: SessionCommit,
  { idempotencyKey }: { readonly idempotencyKey?: string } = {},
): Promise<SessionCommitResult> {
  const options = idempotencyKey === undefined ? {} : { idempotencyKey };
  let result = await store.commit(change, options);
  while (!result.ok) {
    result = await store.commit({ ...change, expectedRevision: result.conflict.actual }, options);
  }
  return result;
}

function entriesThrough(store: Store, change: (entry: LedgerEntry, at: number) => LedgerEntry): Partial<Store> {
  return {
    read: async (stream, page) => {
      const { entries, head } = await store.read(stream, page);
      return { entries: entries.map(change), head };
    },
  };
}

/** Faults that real stores have had, each on top of a store that is right. */
export const mutants: readonly Mutant[] = [
  {
    fault: "the last of two commits wins",
    noticedBy: "race-two",
    mutate: (store) => ({ commit: (change, options) => commitAnyway(store, change, options) }),
  },
  {
    fault: "a commit does not look at the pointers that it is bound to",
    noticedBy: "heads-provided",
    mutate: (store) => ({
      commit: (change, { provided: _, ...options } = {}) => store.commit(change, options),
    }),
  },
  {
    fault: "the revision is compared before the write and not with it",
    noticedBy: "race-many",
    mutate: (store) => ({
      commit: async (change, options) => {
        const seen = (await store.get(change.session))?.revision ?? 0;
        return seen === change.expectedRevision ? commitAnyway(store, change, options) : store.commit(change, options);
      },
    }),
  },
  {
    fault: "keys are forgotten",
    noticedBy: "key-repeats",
    mutate: (store) => ({ commit: (change) => store.commit(change) }),
  },
  {
    fault: "a key stands for any change",
    noticedBy: "key-refuses",
    mutate: (store) => {
      const known = new Map<string, Awaited<ReturnType<Store["commit"]>>>();
      return {
        commit: async (change, options) => {
          const name = JSON.stringify([change.session.tenantId, change.session.id, options?.idempotencyKey]);
          const outcome = known.get(name);
          if (options?.idempotencyKey !== undefined && outcome?.ok) return { ...outcome, repeated: true };
          const result = await store.commit(change);
          if (result.ok) known.set(name, result);
          return result;
        },
      };
    },
  },
  {
    fault: "keys of all sessions are one",
    noticedBy: "key-free",
    mutate: (store) => {
      const owners = new Map<string, string>();
      return {
        commit: async (change, options) => {
          const key = options?.idempotencyKey ?? "";
          const owner = owners.get(key) ?? change.session.id;
          const result = await store.commit(change, options);
          if (result.ok && key !== "") owners.set(key, owner);
          return result.ok && key !== ""
            ? { ...result, repeated: result.repeated || owner !== change.session.id }
            : result;
        },
      };
    },
  },
  {
    fault: "only the last key is remembered",
    noticedBy: "key-remembers",
    mutate: (store) => {
      const last = new Map<string, string | undefined>();
      return {
        commit: async (change, options) => {
          const isLast = last.get(change.session.id) === options?.idempotencyKey;
          const isKnown = isLast || change.expectedRevision === ((await store.get(change.session))?.revision ?? 0);
          if (isKnown) last.set(change.session.id, options?.idempotencyKey);
          return store.commit(change, isKnown ? options : {});
        },
      };
    },
  },
  {
    fault: "a mark raises the revision",
    noticedBy: "mark-only",
    mutate: (store) => ({
      mark: async (query, mark, page) => {
        const result = await store.mark(query, mark, page);
        await eachMatching(store, query, async (id) => {
          const session = await store.get({ tenantId: query.tenantId, id });
          if (session) await store.commit({ session, expectedRevision: session.revision });
        });
        return result;
      },
    }),
  },
  {
    fault: "a commit loses the mark that it did not clear",
    noticedBy: "mark-beside-commits",
    mutate: (store) => ({ commit: (change, options) => store.commit({ ...change, clearMark: true }, options) }),
  },
  {
    fault: "a commit brings back the mark that was read with the session",
    noticedBy: "mark-taken-off",
    mutate: (store) => ({
      commit: async (change, options) => {
        const result = await store.commit(change, options);
        const { pendingMigration, tenantId, id } = change.session;
        if (result.ok && pendingMigration)
          await store.mark({ tenantId, sessionIds: [id] }, pendingMigration, { limit: 1 });
        return result;
      },
    }),
  },
  {
    fault: "marking counts sessions that were marked already",
    noticedBy: "mark-pages",
    mutate: (store) => ({
      mark: async (query, mark, page) => {
        const { sessions } = await store.scan(query, page);
        return { ...(await store.mark(query, mark, page)), marked: sessions.length };
      },
    }),
  },
  {
    fault: "marking takes no notice of the scope",
    noticedBy: "mark-scope",
    mutate: (store) => ({ mark: ({ tenantId }, mark, page) => store.mark({ tenantId }, mark, page) }),
  },
  {
    fault: "one tenant reads the sessions of another",
    noticedBy: "commit-creates",
    mutate: (store) => ({
      get: async (key) => (await store.get(key)) ?? store.get({ ...key, tenantId: "t1" }),
    }),
  },
  {
    fault: "the parts of a subject are joined without a separator",
    noticedBy: "pointer-subjects",
    mutate: (store) => {
      const joined = <T extends { kind: string; tenantId: string; id: string }>(subject: T) => ({
        ...subject,
        tenantId: "",
        kind: "",
        id: `${subject.kind}${subject.tenantId}${subject.id}`,
      });
      return {
        pointer: (subject) => store.pointer(joined(subject)),
        cas: (subject, expected, next, options) => store.cas(joined(subject), expected, next, options),
      };
    },
  },
  {
    fault: "texts end at a NUL",
    noticedBy: "commit-texts",
    mutate: (store) => ({
      get: async (key) => {
        const session = await store.get(key);
        const text = JSON.stringify(session)?.replaceAll("\\u0000", "");
        return text === undefined ? undefined : JSON.parse(text);
      },
    }),
  },
  {
    fault: "texts are normalised",
    noticedBy: "document-texts",
    mutate: (store) => ({
      load: async (subject, digest) => {
        const text = JSON.stringify(await store.load(subject, digest))?.normalize("NFC");
        return text === undefined ? undefined : JSON.parse(text);
      },
    }),
  },
  {
    fault: "each page begins with the last session of the one before",
    noticedBy: "scan-pages",
    mutate: (store) => {
      const before = new Map<string, string>();
      return {
        scan: async (query, page) => {
          const from = page.cursor === undefined || page.limit === 1 ? undefined : before.get(page.cursor);
          const found = await store.scan(query, from === undefined ? page : { ...page, cursor: from });
          const previous = found.sessions.at(-2);
          if (found.cursor !== undefined && previous) before.set(found.cursor, previous.id);
          return found;
        },
      };
    },
  },
  {
    fault: "pages are counted off from the start",
    noticedBy: "scan-meanwhile",
    mutate: (store) => ({
      scan: async (query, { limit, cursor }) => {
        const skipped = Number(cursor ?? 0);
        const { sessions } = await store.scan(query, { limit: 1000 });
        const page = { sessions: sessions.slice(skipped, skipped + limit) };
        return sessions.length > skipped + limit ? { ...page, cursor: String(skipped + limit) } : page;
      },
    }),
  },
  {
    fault: "an index still has the step that a session has left",
    noticedBy: "scan-moved",
    mutate: (store) => ({
      count: async (query) => {
        const found = await store.count(query);
        return query.stepIds?.length === 1 && query.stepIds[0] === "a" ? { ...found, total: 1 } : found;
      },
    }),
  },
  {
    fault: "the numbers of a stream have gaps",
    noticedBy: "stream-read",
    mutate: (store) => entriesThrough(store, (entry) => ({ ...entry, seq: 2 * entry.seq })),
  },
  {
    fault: "entries are not chained to the one before",
    noticedBy: "stream-chained",
    mutate: (store) =>
      entriesThrough(store, (entry) => ({
        ...entry,
        hash: entryHash(genesisHash(entry.subject), entry.seq, entry.digest),
      })),
  },
  {
    fault: "the head of a stream is not looked at",
    noticedBy: "stream-expected",
    mutate: (store) => ({
      append: (stream, records, { expectedSeq, ...options } = {}) => store.append(stream, records, options),
    }),
  },
  {
    fault: "the records of a commit that lost stay in the ledger",
    noticedBy: "records-written",
    mutate: (store) => ({
      commit: async ({ records = [], ...change }, options) => {
        const { tenantId, id } = change.session;
        if (records.length > 0) await store.append({ kind: "session", tenantId, id }, records);
        return store.commit(change, options);
      },
    }),
  },
  {
    fault: "the records of a commit are written after it",
    noticedBy: "records-seen",
    mutate: (store) => ({
      commit: async ({ records = [], ...change }, options) => {
        const result = await store.commit(change, options);
        const { tenantId, id } = change.session;
        for (const record of result.ok && !result.repeated ? records : []) {
          await Promise.resolve();
          await store.append({ kind: "session", tenantId, id }, [record]);
        }
        return result;
      },
    }),
  },
  {
    fault: "fences are not looked at",
    noticedBy: "lease-fences",
    mutate: (store) => ({
      cas: (subject, expected, next) => store.cas(subject, expected, next),
      append: (stream, records, { fence, ...options } = {}) => store.append(stream, records, options),
      drop: (subject, digest) => store.drop(subject, digest),
    }),
  },
  {
    fault: "a lease never ends",
    noticedBy: "lease-excludes",
    mutate: (store) => ({
      lease: (name, { owner }) => store.lease(name, { owner, ttlMs: 1e9 }),
    }),
  },
  {
    fault: "the holder of a lease gets it twice",
    noticedBy: "lease-excludes",
    mutate: (store) => {
      const held = new Map<string, Awaited<ReturnType<Store["lease"]>>>();
      return {
        lease: async (name, request) => {
          const result = await store.lease(name, request);
          const mine = held.get(JSON.stringify([name, request.owner]));
          if (result.ok) held.set(JSON.stringify([name, request.owner]), result);
          return !result.ok && result.heldBy.owner === request.owner && mine !== undefined ? mine : result;
        },
      };
    },
  },
  {
    fault: "a pointer is compared before the write and not with it",
    noticedBy: "pointer-race",
    mutate: (store) => ({
      cas: async (subject, expected, next, options) => {
        const seen = await store.pointer(subject);
        if (seen !== expected) return store.cas(subject, expected, next, options);
        let result = await store.cas(subject, seen, next, options);
        while (!result.ok) result = await store.cas(subject, result.conflict.actual, next, options);
        return result;
      },
    }),
  },
  {
    fault: "a document is dropped while its pointer names it",
    noticedBy: "document-dropped",
    mutate: (store) => {
      const dropped = new Set<string>();
      return {
        drop: async (subject, digest) => {
          dropped.add(JSON.stringify([subject, digest]));
          return true;
        },
        load: async (subject, digest) => {
          const record = await store.load(subject, digest);
          return dropped.has(JSON.stringify([subject, record?.digest])) ? undefined : record;
        },
      };
    },
  },
  {
    fault: "documents are found before a pointer names them",
    noticedBy: "document-named",
    mutate: (store) => ({
      put: async (record) => {
        const { kind, tenantId, id } = record;
        const result = await store.put(record);
        await store.cas({ kind, tenantId, id }, undefined, result.digest);
        return result;
      },
    }),
  },
  {
    fault: "the total counts one page",
    noticedBy: "document-found",
    mutate: (store) => ({
      find: async (query, page) => {
        const found = await store.find(query, page);
        return { ...found, total: found.records.length };
      },
    }),
  },
  {
    fault: "what is erased can still be read",
    noticedBy: "erase-data",
    mutate: (store) => {
      const kept = new Map<string, Awaited<ReturnType<Store["read"]>>["entries"]>();
      return {
        erase: async (stream, request, options) => {
          const name = JSON.stringify(stream);
          kept.set(name, kept.get(name) ?? (await store.read(stream, { limit: 1000 })).entries);
          return store.erase(stream, request, options);
        },
        read: async (stream, page) => {
          const found = await store.read(stream, page);
          const before = kept.get(JSON.stringify(stream)) ?? [];
          return {
            ...found,
            entries: found.entries.map((entry) => before.find(({ seq }) => seq === entry.seq) ?? entry),
          };
        },
      };
    },
  },
  {
    fault: "a session that is forgotten still answers to its keys",
    noticedBy: "forget-keys",
    mutate: (store) => ({ commit: ({ forget, ...change }, options) => store.commit(change, options) }),
  },
  {
    fault: "a session keeps the keys from before it was forgotten",
    noticedBy: "key-forgotten",
    mutate: (store) => ({ commit: ({ forget, ...change }, options) => store.commit(change, options) }),
  },
  {
    fault: "a commit that forgets the keys before it forgets its own, too",
    noticedBy: "key-forgotten",
    mutate: (store) => ({
      commit: (change, options) => store.commit(change, change.forget === true ? {} : options),
    }),
  },
  {
    fault: "a list of streams leaves out what the first page does not hold",
    noticedBy: "streams-listed",
    mutate: (store) => ({
      streams: async (tenantId, page) => ({ streams: (await store.streams(tenantId, page)).streams }),
    }),
  },
];
