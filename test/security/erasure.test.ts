import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import { describe, expect, it } from "vitest";
import { createRegraft, type FieldSource, isRegraftError, type Regraft, type Session } from "../../src/index.js";
import type { RecordStore } from "../../src/ports/record-store.js";
import type { SessionStore } from "../../src/ports/session-store.js";
import { fileStore } from "../../src/stores/file.js";
import { memoryStore } from "../../src/stores/memory.js";
import { postgresStore } from "../../src/stores/postgres.js";
import { type ManualClock, manualClock } from "../../src/testing/clock.js";
import { faultyStore } from "../../src/testing/faulty-store.js";
import { sequentialIds } from "../../src/testing/ids.js";
import { seededRandom } from "../../src/testing/random.js";
import { flow, roll } from "../engine/helpers.js";

type Store = SessionStore & RecordStore;

/** Each place where data of the person can be has a mark of its own, so that a test names the place that was forgotten. */
const mark = (place: string) => `zq7${place.replace(/[^a-z0-9]/gi, "")}7qz`;
const anyMark = /zq7[A-Za-z0-9]+7qz/g;
const marksIn = (text: string): string[] => [...new Set(text.match(anyMark) ?? [])].sort();

const v1 = flow(1, "A > B > C > D");
const v2 = flow(2, "A > N:name,tel > X^ > B > C > D");
const erasure = { by: "dpo", reason: "asked for by mail" };

/** What sources, judges and hosts bring along. */
function surroundings() {
  const host = { fails: false, profileIsAway: false };
  const profile: FieldSource = {
    name: "crm",
    kind: "profile",
    find: async ({ fields }) =>
      fields
        .filter(({ name }) => name === "tel")
        .map(({ name }) => ({ field: name, value: mark("found"), confidence: 0.9, quote: mark("quote") })),
    save: async () => {
      if (host.profileIsAway) throw new Error("away");
    },
  };
  const locale = () => {
    if (host.fails) throw new TypeError(`cannot read ${mark("thrown")}`);
    return undefined;
  };
  return { host, options: { fieldSources: [profile], locale } };
}

const visit = (session: Session, stepId: string) => ({
  ...(session.stepHistory[0] as Session["stepHistory"][number]),
  stepId,
  stepName: mark("importedName"),
  checkpointDescription: mark("importedDescription"),
});

/** The deeds of a life, each of which leaves something of the person somewhere. They are done in any order, and may be refused. */
function deeds(regraft: Regraft, host: { fails: boolean; profileIsAway: boolean }, clock: ManualClock, n: number) {
  const tag = (place: string) => mark(`${place}${n}`);
  const by = { by: tag("by") };
  const why = { ...by, reason: tag("reason") };
  const failing = async (work: () => Promise<unknown>) => {
    host.fails = true;
    try {
      await work();
    } finally {
      host.fails = false;
    }
  };
  return [
    () => regraft.update("s1", { variables: { note: { deep: [tag("variable")] }, [tag("key")]: 1 } }),
    async () => {
      const { scenarioVersion: version } = await regraft.session("s1");
      return regraft.recordVisit("s1", "C", { version, variables: { said: tag("visit") } });
    },
    () => regraft.reconcile("s1", { messageId: tag("message") }),
    () => regraft.provide("s1", { name: tag("answer") }, { messageId: tag("answerMessage") }),
    () => regraft.provide("s1", { name: tag("name"), tel: tag("tel") }),
    () => regraft.confirm("s1", { tel: true }, { messageId: tag("confirmed") }),
    () => regraft.confirm("s1", { tel: { value: tag("corrected") } }),
    () => regraft.completeAction("s1", "X", { ...by, evidence: { receipt: tag("evidence") } }),
    () => regraft.completeAction("s1", "X", { ...by, waive: true, evidence: { paper: tag("waiver") } }),
    () => regraft.resolve("s1", { hold: true }, by),
    () => regraft.resolve("s1", { choose: "C" }, by),
    () => regraft.hold("s1", why),
    () => regraft.release("s1", by),
    () => regraft.undo("s1", why),
    () => failing(() => regraft.reconcile("s1", { messageId: tag("poisoned") })),
    () => failing(() => regraft.drain()),
    () => regraft.deadLetters.retry("s1", by),
    () => failing(() => regraft.deadLetters.retry("s1", by)),
    () => regraft.deadLetters.drop("s1", why),
    () => regraft.legalHolds.place({ sessionId: "s1" }, why),
    () => regraft.legalHolds.lift({ sessionId: "s1" }, by),
    async () => {
      host.profileIsAway = !host.profileIsAway;
    },
    () => regraft.drain(),
    () => regraft.ledger.seal(),
    async () => clock.advance(60_000),
  ];
}

/** A life of deeds in an order that the seed gives, of a session that was taken over with all that a session can hold. */
async function life(store: Store, clock: ManualClock, seed: number, steps: number) {
  const { host, options } = surroundings();
  const told: unknown[] = [];
  const line = (fields: object, message: string) => void told.push([fields, message]);
  const logger = { debug: line, info: line, warn: line, error: line };
  const regraft = createRegraft({ store, clock, ids: sequentialIds(), logger, ...options });
  await regraft.publish(v1);
  const started = await regraft.startSession({ scenarioId: "flow", id: "started" });
  await regraft.importSession({
    ...started,
    id: "s1",
    stepId: "C",
    stepHistory: ["A", "B", "C"].map((id) => visit(started, id)),
    passedCheckpoints: [
      { stepId: "B", contentHash: visit(started, "B").contentHash, scenarioVersion: 1, enteredAt: started.createdAt },
    ].map((passed) => ({ ...passed, checkpointDescription: mark("passed") })),
    variables: { first: mark("imported"), list: [{ deep: mark("deep") }] },
    channel: mark("channel"),
    customerId: mark("customer"),
  });
  await roll(regraft, v1, v2);
  const random = seededRandom(seed);
  for (let n = 0; n < steps; n += 1) {
    const deed = random.pick(deeds(regraft, host, clock, n));
    await deed?.().catch((error: unknown) => {
      if (!isRegraftError(error)) throw error;
    });
  }
  await regraft.legalHolds.lift({ sessionId: "s1" }, { by: "court" });
  return { regraft, host, told };
}

const kinds = ["scenario", "draft", "plan", "plan-content", "plan-index", "legal-hold", "dead-letter"];

/** Everything that a store gives back to anybody who asks, documents that nothing names any more aside. */
async function contentOf(store: Store): Promise<string> {
  const { sessions } = await store.scan({ tenantId: "" }, { limit: 100 });
  const found = await Promise.all(kinds.map((kind) => store.find({ kind, tenantId: "" }, { limit: 100 })));
  const { streams } = await store.streams("", { limit: 100 });
  const read = await Promise.all(streams.map(({ subject }) => store.read(subject, { limit: 1000 })));
  return JSON.stringify([sessions, found, streams, read]);
}

function bytesOf(directory: string): string {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => `${name}\n${readFileSync(join(parentPath, name), "latin1")}`)
    .join("\n");
}

async function rowsOf(client: PGlite, schema: string): Promise<string> {
  const { rows } = await client.query<{ name: string }>(
    "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = $1",
    [schema],
  );
  const tables = await Promise.all(
    rows.map(({ name }) => client.query(`SELECT row_to_json(t)::text AS row FROM "${schema}"."${name}" t`)),
  );
  return JSON.stringify(tables.map(({ rows: all }) => all));
}

describe("an erased session", () => {
  it("leaves nothing of the person in any document, session or stream of a store in memory", async () => {
    const met = new Set<string>();
    for (let seed = 1; seed <= 60; seed += 1) {
      const clock = manualClock("2026-03-01T09:00:00Z");
      const store = memoryStore({ clock });
      const { regraft } = await life(store, clock, seed, 30);
      for (const found of marksIn(await contentOf(store))) met.add(found.replace(/\d+7qz$/, "").replace(/^zq7/, ""));
      await regraft.eraseSession("s1", erasure);
      expect([seed, marksIn(await contentOf(store))]).toEqual([seed, []]);
      expect([seed, (await regraft.ledger.verify()).findings]).toEqual([seed, []]);
      expect(await regraft.deadLetters.get("s1")).toBeUndefined();
    }
    // The lives have left their marks where they can be left.
    for (const place of [
      "variable",
      "key",
      "visit",
      "message",
      "answer",
      "evidence",
      "waiver",
      "by",
      "reason",
      "thrown",
    ]) {
      expect([...met].filter((one) => one.startsWith(place))).not.toEqual([]);
    }
    for (const place of ["found", "quote", "poisoned", "importedName", "passed", "channel", "customer"]) {
      expect([...met].filter((one) => one.startsWith(place))).not.toEqual([]);
    }
  });

  it("leaves nothing of the person in any byte of a directory", async () => {
    for (let seed = 1; seed <= 8; seed += 1) {
      const directory = mkdtempSync(join(tmpdir(), "regraft-erasure-"));
      try {
        const clock = manualClock("2026-03-01T09:00:00Z");
        const { regraft } = await life(fileStore(directory, { fsync: false, clock }), clock, seed, 25);
        expect(marksIn(bytesOf(directory)).length).toBeGreaterThan(5);
        await regraft.eraseSession("s1", erasure);
        expect([seed, marksIn(bytesOf(directory))]).toEqual([seed, []]);
        expect((await regraft.ledger.verify()).ok).toBe(true);
      } finally {
        rmSync(directory, { recursive: true });
      }
    }
  });

  it("leaves nothing of the person in any row of a database", async () => {
    const client = await PGlite.create();
    try {
      for (let seed = 1; seed <= 2; seed += 1) {
        const clock = manualClock("2026-03-01T09:00:00Z");
        const store = postgresStore({ client, schema: `s${seed}`, clock });
        await store.setup();
        const { regraft } = await life(store, clock, seed, 25);
        expect(marksIn(await rowsOf(client, `s${seed}`)).length).toBeGreaterThan(5);
        await regraft.eraseSession("s1", erasure);
        expect([seed, marksIn(await rowsOf(client, `s${seed}`))]).toEqual([seed, []]);
        expect((await regraft.ledger.verify()).ok).toBe(true);
      }
    } finally {
      await client.close();
    }
  }, 120_000);

  it("leaves nothing of the person where erasing was cut off anywhere and was done again", async () => {
    const lived = mkdtempSync(join(tmpdir(), "regraft-erasure-"));
    const clock = manualClock("2026-03-01T09:00:00Z");
    const { regraft, host } = await life(fileStore(lived, { fsync: false, clock }), clock, 5, 6);
    host.fails = true;
    await regraft.reconcile("s1");
    expect(marksIn(bytesOf(lived)).some((found) => found.includes("thrown"))).toBe(true);
    try {
      for (const moment of ["before", "after"] as const) {
        for (let at = 1, isOver = false; !isOver; at += 1) {
          const directory = mkdtempSync(join(tmpdir(), "regraft-erasure-"));
          cpSync(lived, directory, { recursive: true });
          const store = fileStore(directory, { fsync: false, clock });
          let calls = 0;
          const failOn = () => {
            calls += 1;
            return calls === at ? moment : undefined;
          };
          const cut = createRegraft({ store: faultyStore(store, { failOn }), clock }).eraseSession("s1", erasure);
          isOver = await cut.then(
            () => true,
            () => false,
          );
          const { ledger, eraseSession } = createRegraft({ store, clock });
          await eraseSession("s1", erasure);
          expect([moment, at, marksIn(bytesOf(directory))]).toEqual([moment, at, []]);
          expect((await ledger.verify()).ok).toBe(true);
          rmSync(directory, { recursive: true });
          expect(at).toBeLessThan(60);
        }
      }
    } finally {
      rmSync(lived, { recursive: true });
    }
  }, 120_000);

  it("leaves no dead letter where a worker sets it aside while it is erased", async () => {
    const directory = mkdtempSync(join(tmpdir(), "regraft-erasure-"));
    try {
      const clock = manualClock("2026-03-01T09:00:00Z");
      const store = fileStore(directory, { fsync: false, clock });
      const { regraft } = await life(store, clock, 1, 0);
      const { host, options } = surroundings();
      host.fails = true;
      let isErased = false;
      const meanwhile = faultyStore(store, {
        onCall: async ({ method, args: [first] }) => {
          const isLetter =
            typeof first === "object" && first !== null && "kind" in first && first.kind === "dead-letter";
          if (method !== "put" || !isLetter || isErased) return;
          isErased = true;
          await regraft.eraseSession("s1", erasure);
        },
      });
      await createRegraft({ store: meanwhile, clock, ids: sequentialIds(), ...options }).reconcile("s1");
      expect(isErased).toBe(true);
      expect(marksIn(bytesOf(directory))).toEqual([]);
      expect((await regraft.deadLetters.list()).total).toBe(0);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  it("left nothing of the person in log lines but ids of messages and what the host's own code has thrown", async () => {
    const told: unknown[] = [];
    for (let seed = 1; seed <= 10; seed += 1) {
      const clock = manualClock("2026-03-01T09:00:00Z");
      told.push(...(await life(memoryStore({ clock }), clock, seed, 40)).told);
    }
    expect(told.length).toBeGreaterThan(20);
    const places = marksIn(JSON.stringify(told)).map((found) => found.replace(/\d*7qz$/, "").replace(/^zq7/, ""));
    expect(
      [...new Set(places)].filter(
        (one) => !["thrown", "message", "answerMessage", "confirmed", "poisoned"].includes(one),
      ),
    ).toEqual([]);
  });
});
