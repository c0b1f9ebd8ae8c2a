import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { describe, expect, it } from "vitest";
import { createRegraft, type Regraft } from "../../src/engine/regraft.js";
import { isRegraftError } from "../../src/errors.js";
import { defineScenario } from "../../src/scenario/parse.js";
import { type FileStore, fileStore } from "../../src/stores/file.js";
import { sessionFile } from "../../src/stores/file-layout.js";
import { manualClock } from "../../src/testing/clock.js";
import { createAll, everybody, idsOf, mark, scanAll } from "../../src/testing/store-contract-fixtures.js";
import { examineDirectory } from "../../src/tools/doctor.js";
import { v1, v2 } from "../cli/world.js";
import { freshDirectories } from "./file-directories.js";

const freshDirectory = freshDirectories();
const ids = ["s1", "s2", "s3", "s4", "s5", "s6", "s7", "s8", "s9"];
const [loan, next] = [defineScenario(v1), defineScenario(v2)];
const others = ids.filter((id) => id !== "s4");
const s4 = { tenantId: "", id: "s4" };
const place = sessionFile("", "s4");

/** What can have become of a session's file. */
const damages: Readonly<Record<string, (whole: string) => string | Buffer>> = {
  torn: (whole) => whole.slice(0, whole.length / 2),
  empty: () => "",
  "of zero bytes": (whole) => Buffer.alloc(whole.length),
  binary: () => Buffer.from([0xff, 0xfe, 0x00, 0x80, 0x7b, 0x22]),
  "no object": () => "[]",
  "null for a session": () => '{"session":null,"outcomes":[],"entries":[]}',
  "without outcomes": (whole) => whole.replace('"outcomes"', '"outcome"'),
  "without a step": (whole) => whole.replace('"stepId"', '"step"'),
  "a revision in words": (whole) => whole.replace('"revision":1', '"revision":"one"'),
  "of another id": (whole) => whole.replace('"id":"s4"', '"id":"s5"'),
  "of another tenant": (whole) => whole.replace('"tenantId":""', '"tenantId":"b"'),
};

async function withDamage(damage: (whole: string) => string | Buffer): Promise<{ store: FileStore; file: string }> {
  const directory = freshDirectory();
  const store = fileStore(directory, { fsync: false });
  await createAll(store, ids);
  const file = join(directory, place);
  writeFileSync(file, damage(readFileSync(file, "utf8")));
  return { store, file };
}

describe.each(Object.entries(damages))("a session's file that is damaged: %s", (_, damage) => {
  it("is named by every walk, which goes on for all others", async () => {
    const { store, file } = await withDamage(damage);
    const before = readFileSync(file);
    const named = [{ code: "STORE.DAMAGED", place, received: expect.stringMatching(/\w/) }];
    const whole = await store.scan(everybody, { limit: 99 });
    expect(whole.unreadable).toEqual(named);
    expect(idsOf(whole.sessions).sort()).toEqual(others);
    expect(await store.count(everybody)).toMatchObject({ total: others.length, unreadable: named });
    expect(await store.mark(everybody, mark, { limit: 99 })).toEqual({ marked: 8, done: true, unreadable: named });
    expect(await store.unmark(everybody)).toEqual({ unmarked: 8, unreadable: named });
    expect((await store.recover()).damaged).toMatchObject([{ file: place, code: "STORE.DAMAGED" }]);
    expect(readFileSync(file)).toEqual(before);
  });

  it("is named once, however the pages are cut, and leaves nobody out", async () => {
    const { store } = await withDamage(damage);
    for (const limit of [1, 2, 3, 8]) {
      const seen: string[] = [];
      let [unreadable, cursor]: [number, string | undefined] = [0, undefined];
      do {
        const page = await store.scan(everybody, { limit, ...(cursor === undefined ? {} : { cursor }) });
        seen.push(...idsOf(page.sessions));
        unreadable += page.unreadable?.length ?? 0;
        cursor = page.cursor;
      } while (cursor !== undefined);
      expect([seen.sort(), unreadable]).toEqual([others, 1]);
    }
  });

  it("refuses to be loaded or written, with its path and what was read, and is left as it is", async () => {
    const { store, file } = await withDamage(damage);
    const before = readFileSync(file);
    const session = (await store.get({ tenantId: "", id: "s5" }))!;
    const calls = [
      () => store.get(s4),
      () => store.commit({ session: { ...session, id: "s4" }, expectedRevision: 0 }),
      () => store.commit({ session: { ...session, id: "s4" }, expectedRevision: 1 }),
      () => store.append({ kind: "session", ...s4 }, [{ type: "x", at: session.createdAt, data: {} }]),
    ];
    for (const run of calls) {
      const error: unknown = await run().catch((thrown: unknown) => thrown);
      expect(isRegraftError(error, "STORE.DAMAGED")).toBe(true);
      expect(error).toMatchObject({ details: { file: expect.stringContaining(place), received: expect.any(String) } });
    }
    expect(readFileSync(file)).toEqual(before);
  });

  it("is told only where a query by ids names it", async () => {
    const { store } = await withDamage(damage);
    expect(await store.count({ ...everybody, sessionIds: ["s5"] })).not.toHaveProperty("unreadable");
    expect((await store.count({ ...everybody, sessionIds: ["s4", "s5"] })).unreadable).toHaveLength(1);
    expect(await store.count({ tenantId: "b" })).toEqual({ total: 0, byStep: {} });
  });
});

describe("what lies in place of a file or directory of sessions", () => {
  it.each(["directory", "link to a directory", "file"])("is named where it is a %s", async (kind) => {
    const directory = freshDirectory();
    const store = fileStore(directory, { fsync: false });
    await createAll(store, ids);
    const at = kind === "directory" ? place : dirname(place);
    const away = freshDirectory();
    renameSync(join(directory, at), away);
    if (kind === "directory") mkdirSync(join(directory, at));
    else if (kind === "file") writeFileSync(join(directory, at), "x");
    else symlinkSync(away, join(directory, at));
    const { unreadable = [], sessions } = await fileStore(directory).scan(everybody, { limit: 99 });
    expect(unreadable.map(({ code, place: where }) => `${code} ${where}`)).toEqual([`STORE.DAMAGED ${at}`]);
    expect(idsOf(sessions)).toEqual(expect.not.arrayContaining(["s4"]));
  });

  it("is nothing where somebody has put a copy beside a session's file", async () => {
    const directory = freshDirectory();
    const store = fileStore(directory, { fsync: false });
    await createAll(store, ids);
    const file = join(directory, place);
    for (const end of ["~", ".bak", ".2024.json"]) writeFileSync(`${file}${end}`, readFileSync(file));
    expect(await scanAll(store, everybody, 99)).toHaveLength(9);
    expect((await store.recover()).damaged).toEqual([]);
  });
});

describe("an engine over a store with a damaged session", () => {
  interface World {
    readonly directory: string;
    readonly store: FileStore;
    readonly regraft: Regraft;
    readonly logged: object[];
    readonly forward: (ms: number) => void;
  }

  async function world(): Promise<World> {
    const directory = freshDirectory();
    const clock = manualClock("2026-03-01T09:00:00Z");
    const store = fileStore(directory, { fsync: false, clock });
    const logged: object[] = [];
    const note = (fields: object) => logged.push(fields);
    const logger = { debug: () => undefined, info: () => undefined, warn: note, error: note };
    const regraft = createRegraft({ store, clock, logger, config: { requireApproval: false, markPageSize: 2 } });
    await regraft.publish(loan);
    for (const id of ids) await regraft.startSession({ scenarioId: "loan", id });
    writeFileSync(join(directory, place), "torn");
    return { directory, store, regraft, logged, forward: (ms) => clock.advance(ms) };
  }

  it("proposes, deploys, drains and counts for all others, and says how many it could not read", async () => {
    const { regraft, logged } = await world();
    const policies = { amount: { scope: { includeChannels: ["web"] } } };
    const plan = await regraft.propose({ from: loan, to: next, policies });
    const deployed = await regraft.deploy(plan);
    expect(deployed.marking).toMatchObject({ marked: 8, unreadable: 1, done: true });
    expect(await regraft.status(plan)).toMatchObject({ marked: 8, pending: 8, unreadable: 1 });
    expect(await regraft.drain({ limit: 100 })).toMatchObject({ scanned: 8 });
    expect((await regraft.reconcile("s5")).action).toBe("continue");
    await expect(regraft.session("s4")).rejects.toMatchObject({ code: "STORE.DAMAGED" });
    await expect(regraft.startSession({ scenarioId: "loan", id: "s4" })).rejects.toMatchObject({
      code: "STORE.DAMAGED",
    });
    expect(logged).toContainEqual({ tenantId: "", code: "STORE.DAMAGED", place, received: "4 bytes that are no JSON" });
    expect(await regraft.rollback(plan, { by: "ana" })).toMatchObject({ status: "rolled_back" });
  });

  it("drops no version and lets no plan expire, since the session may need any of them", async () => {
    const { directory, regraft, forward } = await world();
    const plan = await regraft.propose({ from: loan, to: next, expiresAt: "2026-03-02T00:00:00Z" });
    for (const id of others) await regraft.update(id, { status: "closed" });
    forward(3 * 86_400_000);
    expect((await regraft.plans.get(plan.id))?.status).toBe("pending");
    await regraft.deploy(plan);
    forward(400 * 86_400_000);
    const retention = await regraft.planRetention();
    expect(retention.drop).toEqual([]);
    expect(retention.keep).toContainEqual(expect.objectContaining({ reason: "RETENTION.SESSION", by: place }));
    rmSync(join(directory, place));
    expect((await regraft.planRetention()).drop).not.toEqual([]);
  });

  it("verifies all other streams, and the doctor names the file", async () => {
    const { directory, regraft } = await world();
    const verdict = await regraft.ledger.verify();
    expect(verdict.findings.map(({ code, stream }) => [code, stream?.id])).toEqual([["STORE.DAMAGED", "s4"]]);
    expect(verdict.entries).toBeGreaterThan(8);
    const { findings, health, ok } = await examineDirectory(directory);
    expect(findings.filter(({ code }) => code === "STORE.DAMAGED").map(({ subject }) => subject)).toEqual([
      relative(".", place),
      "session/s4",
    ]);
    expect([ok, health.validRatio < 1]).toEqual([false, true]);
    expect(readdirSync(join(directory, dirname(place)))).toHaveLength(1);
  });
});
