import { describe, expect, it } from "vitest";
import { checkTenant, type OwnersWrite } from "../../scripts/chaos/check-tenant.js";
import { doomedStore } from "../../scripts/chaos/doomed-store.js";
import { idOf } from "../../scripts/chaos/flow.js";
import type { Store } from "../../scripts/chaos/open-store.js";
import { chapters, engineOf, tell } from "../../scripts/chaos/story.js";
import type { Session } from "../../src/contracts/types.js";
import type { LedgerEntry } from "../../src/ports/ledger.js";
import { memoryStore } from "../../src/stores/memory.js";

const tenant = "t";
const sessions = 4;

/** A store in which the whole story has happened. */
async function told(): Promise<Store> {
  const store = memoryStore();
  const regraft = engineOf(store, tenant, 0);
  for (const chapter of chapters) await tell(regraft, chapter, sessions);
  return store;
}

async function problemsOf(store: Store, writes: readonly OwnersWrite[] = []): Promise<readonly string[]> {
  return (await checkTenant(store, { tenant, sessions, writes, allMoved: true })).problems;
}

/** The store with every session read from it changed. */
function withSessions(store: Store, change: (session: Session) => Session): Store {
  const get: Store["get"] = async (key) => {
    const session = await store.get(key);
    return session && change(session);
  };
  const scan: Store["scan"] = async (query, page) => {
    const found = await store.scan(query, page);
    return { ...found, sessions: found.sessions.map(change) };
  };
  return { ...store, get, scan };
}

/** The store with the entries of every session's stream changed. */
function withEntries(store: Store, change: (entries: readonly LedgerEntry[]) => readonly LedgerEntry[]): Store {
  const read: Store["read"] = async (stream, page) => {
    const found = await store.read(stream, page);
    return stream.kind === "session" ? { ...found, entries: change(found.entries) } : found;
  };
  return { ...store, read };
}

describe("the check of a store after a crash", () => {
  it("finds nothing wrong with a story that nobody has disturbed", async () => {
    expect(await problemsOf(await told())).toEqual([]);
  });

  it.each<[string, (session: Session) => Session, RegExp]>([
    ["stands on another step", (one) => ({ ...one, stepId: "done" }), /its ledger ends on/],
    ["has the checksum of another version", (one) => ({ ...one, scenarioChecksum: "r1:0" }), /checksum/],
    ["is on a version that nobody published", (one) => ({ ...one, scenarioVersion: 3 }), /not published/],
    ["has lost its last visit", (one) => ({ ...one, stepHistory: one.stepHistory.slice(0, -1) }), /last visit/],
    ["has lost a revision", (one) => ({ ...one, revision: one.revision - 1 }), /revision/],
  ])("finds a session that %s", async (_, change, problem) => {
    expect((await problemsOf(withSessions(await told(), change))).join("\n")).toMatch(problem);
  });

  it("finds a mark that stayed on a session that has moved", async () => {
    const store = await told();
    const [plan] = (await engineOf(store, tenant, 0).plans.list()).plans;
    const pendingMigration = {
      planId: plan?.id ?? "",
      targetVersion: 2,
      stepId: "hello",
      markedAt: "2026-01-01T00:00:00Z",
    };
    const marked = withSessions(store, (one) => ({ ...one, pendingMigration }));
    expect((await problemsOf(marked)).join("\n")).toMatch(/still marked/);
  });

  it("finds a session that is gone and one that came twice", async () => {
    const store = await told();
    const scan: Store["scan"] = async (query, page) => {
      const found = await store.scan(query, page);
      return { ...found, sessions: [...found.sessions.slice(1), ...found.sessions.slice(-1)] };
    };
    const problems = (await problemsOf({ ...store, scan })).join("\n");
    expect(problems).toMatch(/found twice/);
    expect(problems).toMatch(/3 sessions of 4/);
  });

  it.each<[string, (entries: readonly LedgerEntry[]) => readonly LedgerEntry[], RegExp]>([
    ["misses an entry", (all) => all.filter(({ seq }) => seq !== 1), /broken/],
    ["has an entry twice", (all) => [...all, ...all.slice(-1)], /broken|entries/],
    ["was rewritten", (all) => all.map((one) => ({ ...one, data: { ...one.data, x: 1 } })), /broken/],
  ])("finds a stream that %s", async (_, change, problem) => {
    expect((await problemsOf(withEntries(await told(), change))).join("\n")).toMatch(problem);
  });

  it("finds a move that was made twice and an answer that was taken twice", async () => {
    const store = await told();
    const twice = withEntries(store, (all) =>
      all.flatMap((one) => (one.data.action === "teleport" ? [one, one] : [one])),
    );
    const problems = (await problemsOf(twice)).join("\n");
    expect(problems).toMatch(/moved 2 times/);
    expect(problems).toMatch(/settles .* again/);
  });

  it("finds acknowledged writes of owners that are not there", async () => {
    const writes = [
      { id: idOf(1), variable: "w1" },
      { id: idOf(2), turn: 7 },
    ];
    const problems = (await problemsOf(await told(), writes)).join("\n");
    expect(problems).toMatch(/lost the write w1/);
    expect(problems).toMatch(/lost the visit of turn 7/);
  });
});

describe("a store that is to be killed", () => {
  it("counts every call, and works as the store does until then", async () => {
    const count = { calls: 0 };
    const regraft = engineOf(doomedStore(memoryStore(), undefined, count), tenant, 0);
    await tell(regraft, "publish", 0);
    expect(await regraft.liveVersion("order")).toBe(1);
    expect(count.calls).toBeGreaterThan(5);
  });
});
