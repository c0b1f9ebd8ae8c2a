import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import {
  createRegraft,
  type FieldSource,
  type RehearsedSession,
  type Session,
  verifyWitness,
} from "../../src/index.js";
import type { SessionStore } from "../../src/ports/session-store.js";
import { recordVisit, startSession } from "../../src/session/visits.js";
import { memoryStore } from "../../src/stores/memory.js";
import { manualClock } from "../../src/testing/clock.js";
import { faultyStore } from "../../src/testing/faulty-store.js";
import { bench, flow, roll, walk } from "./helpers.js";

const old = flow(1, "W > Pay! > C");
const next = flow(2, "W > N:email > Age:age", "Age > Rejected [age < 18]", "Age > Pay!", "Pay > C");
const known = { email: "jo@x.example", age: 30 };

async function crowd(given = {}) {
  const made = bench(given);
  await made.regraft.publish(old);
  for (const n of [1, 2, 3]) await walk(made.regraft, `grown-${n}`, ["Pay", "C"], { variables: known });
  await walk(made.regraft, "asked", ["Pay", "C"], { variables: { age: 30 } });
  await walk(made.regraft, "blocked", ["Pay", "C"], { variables: { ...known, age: 10 } });
  await walk(made.regraft, "entry", []);
  return made;
}

describe("the ids of a rehearsal", () => {
  it("are kept by outcome, reason, kind and step, the first ones of each", async () => {
    const { regraft } = await crowd();
    const { byAction, byKind, samples } = await regraft.rehearse({ from: old, to: next }, { sampleSize: 2 });
    expect({ byAction, byKind }).toEqual({
      byAction: { collect: 1, blocked: 1, teleport: 4 },
      byKind: { clean_graft: 1, gap_fill: 3 },
    });
    expect(samples).toMatchObject({
      byAction: { collect: ["asked"], blocked: ["blocked"], teleport: ["entry", "grown-1"] },
      byReason: { "CHECKPOINT.OFF_RUN": ["blocked"], "FIELD.REQUIRED": ["asked"] },
      byKind: { clean_graft: ["entry"], gap_fill: ["grown-1", "grown-2"] },
      byStep: { C: { collect: ["asked"], blocked: ["blocked"], teleport: ["grown-1", "grown-2"] } },
      unknown: [],
    });
  });

  it("are none where none are wanted, and the number has to be one", async () => {
    const { regraft } = await crowd();
    const { samples, total } = await regraft.rehearse({ from: old, to: next }, { sampleSize: 0 });
    expect([total, samples.byAction]).toEqual([6, { collect: [], blocked: [], teleport: [] }]);
    for (const sampleSize of [-1, 1.5, Number.NaN])
      await expect(regraft.rehearse({ from: old, to: next }, { sampleSize })).rejects.toThrow("INPUT.INVALID");
  });
});

describe("the sessions of a rehearsal", () => {
  it("may be of other versions that would move with the plan", async () => {
    const { regraft } = await crowd();
    await roll(regraft, old, next);
    const third = flow(3, "W > N:email > Age:age", "Age > Rejected [age < 18]", "Age > Pay!", "Pay > C > D");
    await regraft.reconcile("entry");
    const target = { from: 2, to: third };
    expect(await regraft.rehearse(target)).toMatchObject({ total: 1, samples: { byAction: { teleport: ["entry"] } } });
    const all = await regraft.rehearse(target, { versions: await regraft.versions("flow") });
    expect(all).toMatchObject({ total: 6, byAction: { teleport: 4, collect: 1, blocked: 1 } });
  });

  it("may be given, as values or one by one, and are checked", async () => {
    const { regraft } = bench();
    const sessions = ["a", "b"].map((id) => startSession(old, { id, at: "2026-03-01T08:00:00Z" }));
    async function* coming() {
      yield* sessions;
    }
    const target = { from: old, to: next };
    expect(await regraft.rehearse(target, { sessions })).toMatchObject({ total: 2, byKind: { clean_graft: 2 } });
    expect(await regraft.rehearse(target, { sessions: coming() })).toMatchObject({ total: 2 });
    const broken = [{ ...sessions[0], stepHistory: "none" } as unknown as Session];
    await expect(regraft.rehearse(target, { sessions: broken })).rejects.toThrow("SCHEMA.INVALID");
  });

  it("come with what they were decided on, so that every move can be checked from outside", async () => {
    const { regraft } = await crowd({ fieldSources: [finder("tool", "age", 40)] });
    const moves: RehearsedSession[] = [];
    await regraft.rehearse({ from: old, to: next }, { onSession: (one) => void moves.push(one) });
    const moved = moves.filter(({ decision }) => decision.action === "teleport");
    expect(moved).toHaveLength(4);
    for (const { session, decision, basis } of moved) {
      if (decision.action !== "teleport" || basis === undefined) throw new Error("no move");
      const walker = { ...session, variables: basis.data };
      expect(verifyWitness({ from: old, to: next, session: walker, decision, facts: basis.facts })).toEqual({
        ok: true,
      });
    }
  });
});

function finder(kind: FieldSource["kind"], field: string, value: unknown, seen: string[] = []): FieldSource {
  return {
    name: kind,
    kind,
    find: async ({ session, fields }) => {
      seen.push(session.id);
      return fields.some(({ name }) => name === field) ? [{ field, value, confidence: 1 }] : [];
    },
  };
}

describe("models in a rehearsal", () => {
  it("do not read conversations unless told to; sessions that hang on it are unknown", async () => {
    const seen: string[] = [];
    const { regraft } = await crowd({ fieldSources: [finder("conversation", "email", "jo@x.example", seen)] });
    const target = { from: old, to: next };
    const heard: RehearsedSession[] = [];
    const without = await regraft.rehearse(target, { onSession: (one) => void heard.push(one) });
    expect(seen).toEqual([]);
    expect(without).toMatchObject({ total: 6, unknown: 1, samples: { unknown: ["asked"] } });
    expect(without.byAction).toEqual({ blocked: 1, teleport: 4 });
    expect(heard.filter(({ model }) => model === "needed").map(({ session, unread }) => [session.id, unread])).toEqual([
      ["asked", ["email"]],
    ]);
    const asked: RehearsedSession[] = [];
    const reading = await regraft.rehearse(target, { conversation: true, onSession: (one) => void asked.push(one) });
    expect(seen).toEqual(["asked"]);
    expect(reading).toMatchObject({ unknown: 0, byAction: { blocked: 1, teleport: 5 } });
    expect(asked.filter(({ model }) => model === "asked").map(({ session }) => session.id)).toEqual(["asked"]);
  });
});

const writes = new Set(["mark", "unmark", "commit", "put", "drop", "append", "cas", "lease", "renew", "release"]);

describe("the store of a rehearsal", () => {
  it("is the same before and after, to the last record and ledger entry", async () => {
    const subjects = new Map<string, { kind: string; tenantId: string; id: string }>();
    const clock = manualClock("2026-03-01T09:00:00Z");
    const inner = memoryStore({ clock });
    const store = faultyStore(inner, {
      failOn: ({ method, args: [subject] }) => {
        if (["put", "append", "cas"].includes(method)) {
          const { kind, tenantId, id } = subject as { kind: string; tenantId: string; id: string };
          subjects.set(JSON.stringify([kind, tenantId, id]), { kind, tenantId, id });
        }
        return undefined;
      },
    });
    const regraft = createRegraft({ store, clock });
    await regraft.publish(old);
    for (const id of ["a", "b", "c"]) await walk(regraft, id, ["Pay", "C"], { variables: { age: 30 } });
    await roll(regraft, old, next);
    await regraft.reconcile("a");
    const plan = await regraft.propose({ from: 2, to: flow(3, "W > N:email > Pay!", "Pay > C") });
    const dump = async () => {
      const records = await Promise.all(
        [...subjects.values(), ...["a", "b", "c"].map((id) => ({ kind: "session", tenantId: "", id }))].map(
          async (subject) => [
            subject,
            await inner.pointer(subject),
            await inner.load(subject),
            await inner.read(subject, { limit: 1000 }),
          ],
        ),
      );
      return JSON.stringify([await inner.scan({ tenantId: "" }, { limit: 1000 }), records]);
    };
    const before = await dump();
    const subjectsBefore = subjects.size;
    const frozen = createRegraft({ store: onlyReads(inner), clock });
    const versions = await frozen.versions("flow");
    expect((await frozen.rehearse(plan, { versions })).total).toBe(3);
    expect((await regraft.rehearse({ from: 2, to: flow(4, "W > C") }, { versions })).total).toBe(3);
    expect(subjects.size).toBe(subjectsBefore);
    expect(await dump()).toBe(before);
  });

  it("is not even repaired where a crash left a plan unfinished", async () => {
    const clock = manualClock("2026-03-01T09:00:00Z");
    const inner = memoryStore({ clock });
    const crashing = faultyStore(inner, {
      failOn: ({ method, args: [subject] }) =>
        method === "append" && (subject as { kind: string }).kind === "plan" ? "before" : undefined,
    });
    const regraft = createRegraft({ store: inner, clock });
    await regraft.publish(old);
    await walk(regraft, "s1", ["Pay", "C"], { variables: known });
    await expect(createRegraft({ store: crashing, clock }).propose({ from: 1, to: next })).rejects.toThrow(
      "STORE.UNAVAILABLE",
    );
    await regraft.publish(next);
    const frozen = createRegraft({ store: onlyReads(inner), clock });
    const third = flow(3, "W > N:email > Age:age", "Age > Rejected [age < 18]", "Age > Pay!", "Pay > C > D");
    const { total } = await frozen.rehearse({ from: 2, to: third }, { versions: [1, 2] });
    expect(total).toBe(1);
  });
});

/** A store that breaks at the first write. */
function onlyReads<S extends object>(store: S): S {
  return faultyStore(store, { failOn: ({ method }) => (writes.has(method) ? "before" : undefined) });
}

describe("a large population", () => {
  it("is rehearsed without keeping sessions", async () => {
    setFlagsFromString("--expose-gc");
    const collectGarbage = runInNewContext("gc") as () => void;
    const population = 50_000;
    const alive = new Set<WeakRef<object>>();
    const pages: number[] = [];
    const [small, grown] = [flow(1, "A > B"), flow(2, "A > X:email > B")];
    const first = startSession(small, { id: "s", at: "2026-03-01T08:00:00Z" });
    const later = recordVisit(first, small, "B", { at: "2026-03-01T08:01:00Z" });
    const memory = memoryStore();
    const scan: SessionStore["scan"] = async (_, { cursor, limit }) => {
      const from = Number(cursor ?? 0);
      if (from % 10_000 === 0) {
        // Weak references hold what they name until the present turn of the event loop is over.
        await new Promise((resolve) => setImmediate(resolve));
        collectGarbage();
        for (const one of alive) if (one.deref() === undefined) alive.delete(one);
        pages.push(alive.size);
        await new Promise((resolve) => setImmediate(resolve));
      }
      const count = Math.min(limit, population - from);
      const sessions = Array.from({ length: count }, (_, n): Session => {
        const session = { ...(n % 2 === 0 ? first : later), id: `s-${from + n}` };
        alive.add(new WeakRef(session));
        return session;
      });
      return from + count === population ? { sessions } : { sessions, cursor: String(from + count) };
    };
    const sessions: SessionStore = { ...memory, scan };
    const regraft = createRegraft({ sessions, records: memory, config: { markPageSize: 500 } });
    await regraft.publish(small);
    let heard = 0;
    const large = await regraft.rehearse(
      { from: 1, to: grown },
      {
        onSession: () => {
          heard += 1;
        },
      },
    );
    expect([large.total, heard]).toEqual([population, population]);
    expect(pages).toHaveLength(5);
    expect(Math.max(...pages)).toBeLessThanOrEqual(2 * 500);
    const ids = JSON.stringify(large.samples).match(/s-\d+/g) ?? [];
    expect(ids.length).toBeGreaterThan(0);
    expect(ids.length).toBeLessThanOrEqual(10 * 8);
  });
});
