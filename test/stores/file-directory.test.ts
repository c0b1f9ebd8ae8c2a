import {
  appendFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { isRegraftError } from "../../src/errors.js";
import { type FileSystem, nodeFileSystem } from "../../src/resilience/atomic-file-system.js";
import { type FileStore, fileStore } from "../../src/stores/file.js";
import { fileStoreOn } from "../../src/stores/file-store.js";
import { create, hostileIds, ledgerRecord } from "../../src/testing/store-contract-fixtures.js";
import { namedOwner } from "./file-crash.js";
import { freshDirectories } from "./file-directories.js";

const freshDirectory = freshDirectories();
const key = { tenantId: "", id: "s1" };
const plan = { kind: "plan", tenantId: "", id: "p1" };

const open = (directory: string) => fileStore(directory, { fsync: false });
const fails = (code: string) => ({ code });

function filesUnder(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

function onlyFile(directory: string, area: string): string {
  const found = filesUnder(join(directory, area));
  expect(found).toHaveLength(1);
  return found[0]!;
}

async function withSession(): Promise<{ directory: string; store: FileStore }> {
  const directory = freshDirectory();
  const store = open(directory);
  await create(store);
  return { directory, store };
}

async function withStream(): Promise<{ store: FileStore; file: string }> {
  const directory = freshDirectory();
  const store = open(directory);
  for (const type of ["one", "two", "three"]) await store.append(plan, [ledgerRecord(type)]);
  return { store, file: onlyFile(directory, "streams") };
}

describe("the directory of a file store", () => {
  it("is made with everything above it at the first call", async () => {
    const directory = join(freshDirectory(), "a", "b");
    expect(await open(directory).get(key)).toBeUndefined();
    expect(readdirSync(directory)).toContain("regraft-store.json");
  });

  it("may hold hidden files, but is refused with other content, which is left alone", async () => {
    const directory = freshDirectory();
    mkdirSync(directory);
    writeFileSync(join(directory, ".gitignore"), "*");
    await create(open(directory));
    const foreign = freshDirectory();
    mkdirSync(foreign);
    writeFileSync(join(foreign, "thesis.txt"), "mine");
    await expect(open(foreign).get(key)).rejects.toMatchObject(fails("STORE.LAYOUT_UNKNOWN"));
    expect(readdirSync(foreign)).toEqual(["thesis.txt"]);
  });

  it("is refused where it is of a later format or of another program", async () => {
    for (const marker of ['{"format":"regraft file store","version":2}', '{"format":"x","version":1}', "no json"]) {
      const { directory } = await withSession();
      writeFileSync(join(directory, "regraft-store.json"), marker);
      await expect(open(directory).get(key)).rejects.toMatchObject(fails("STORE.LAYOUT_UNKNOWN"));
    }
  });

  it("is opened again by the same store once what was wrong is mended", async () => {
    const directory = freshDirectory();
    writeFileSync(directory, "a file");
    const store = open(directory);
    await expect(store.get(key)).rejects.toMatchObject(fails("STORE.DAMAGED"));
    renameSync(directory, `${directory}-away`);
    expect(await store.get(key)).toBeUndefined();
  });

  it("has names of hash digits only, different ones for ids that differ in case", async () => {
    const directory = freshDirectory();
    const store = open(directory);
    const ids = [...new Set([...hostileIds, "A", "x".repeat(5000), "../../escape", "nul\u0000"])];
    for (const id of ids) {
      await create(store, { id, tenantId: id });
      await store.put({ kind: id, tenantId: id, id, body: id });
      await store.cas({ kind: id, tenantId: id, id }, undefined, "../../../etc/passwd");
      expect(await store.load({ kind: id, tenantId: id, id })).toBeUndefined();
      expect(await store.load({ kind: id, tenantId: id, id }, "../x")).toBeUndefined();
    }
    const names = filesUnder(join(directory, "sessions")).map((file) => basename(file, ".json"));
    expect(new Set(names.map((name) => name.toLowerCase())).size).toBe(ids.length);
    expect(names.filter((name) => !/^[0-9a-f]{64}$/.test(name))).toEqual([]);
    expect(readdirSync(dirname(directory))).not.toContain("escape");
  });

  it("spreads sessions over many directories", async () => {
    const directory = freshDirectory();
    const store = open(directory);
    for (let n = 0; n < 60; n += 1) await create(store, { id: `s${n}` });
    const shards = new Set(filesUnder(join(directory, "sessions")).map(dirname));
    expect(shards.size).toBeGreaterThan(30);
    await expect(store.scan({ tenantId: "" }, { limit: 1, cursor: "../x" })).rejects.toMatchObject(
      fails("INPUT.INVALID"),
    );
  });

  it("is not left through symbolic links", async () => {
    const { directory, store } = await withSession();
    const file = onlyFile(directory, "sessions");
    const outside = freshDirectory();
    renameSync(file, outside);
    symlinkSync(outside, file);
    await expect(store.get(key)).rejects.toMatchObject(fails("STORE.DAMAGED"));
    expect((await store.recover()).damaged).toMatchObject([{ code: "STORE.DAMAGED" }]);
    const other = await withSession();
    const shard = dirname(onlyFile(other.directory, "sessions"));
    const elsewhere = freshDirectory();
    renameSync(shard, elsewhere);
    symlinkSync(elsewhere, shard);
    await expect(open(other.directory).get(key)).rejects.toMatchObject(fails("STORE.DAMAGED"));
    await expect(create(open(other.directory))).rejects.toMatchObject(fails("STORE.DAMAGED"));
  });

  it("takes no calls after it was closed", async () => {
    const { store } = await withSession();
    await store.close();
    await expect(store.get(key)).rejects.toMatchObject(fails("STORE.UNAVAILABLE"));
  });
});

describe("a session's file", () => {
  it("gives frozen values and keeps what the caller can still change", async () => {
    const store = open(freshDirectory());
    const variables = { list: [{ n: 1 }] };
    await create(store, { variables });
    variables.list.push({ n: 2 });
    const session = await store.get(key);
    expect(session?.variables).toEqual({ list: [{ n: 1 }] });
    expect(Object.isFrozen((session?.variables.list as unknown[])[0])).toBe(true);
  });

  it("remembers the latest thirty-two keys with what was returned for them", async () => {
    const store = open(freshDirectory());
    let session = await create(store, { variables: { n: -1 } });
    const results = [];
    const changes = [];
    for (let n = 0; n < 40; n += 1) {
      if (n % 7 === 0) {
        const plain = await store.commit({ session, expectedRevision: session.revision });
        if (plain.ok) session = plain.session;
      }
      const stepHistory = n % 5 === 0 ? [] : session.stepHistory;
      const change = { session: { ...session, stepHistory, variables: { n } }, expectedRevision: session.revision };
      const result = await store.commit(change, { idempotencyKey: `m${n}` });
      if (result.ok) session = result.session;
      changes.push(change);
      results.push(result);
    }
    for (let n = 8; n < 40; n += 1) {
      const again = await store.commit(changes[n]!, { idempotencyKey: `m${n}` });
      expect(again).toEqual({ ...results[n], repeated: true });
    }
    expect(await store.commit(changes[7]!, { idempotencyKey: "m7" })).toMatchObject({ ok: false });
  });

  it("that is not what the store wrote is named, and no other session suffers", async () => {
    const { directory, store } = await withSession();
    const file = onlyFile(directory, "sessions");
    await create(store, { id: "s2" });
    const whole = readFileSync(file, "utf8");
    for (const text of ["", "{", "[]", '{"session":1}', whole.slice(0, -9), whole.replaceAll('"s1"', '"s9"')]) {
      writeFileSync(file, text);
      const error = await store.get(key).catch((thrown: unknown) => thrown);
      expect(isRegraftError(error, "STORE.DAMAGED"), text).toBe(true);
      expect((await store.get({ tenantId: "", id: "s2" }))?.id).toBe("s2");
    }
  });
});

describe("a stream's file", () => {
  const typesOf = async (store: FileStore) => (await store.read(plan, { limit: 9 })).entries.map(({ type }) => type);

  it("with a torn end is read without it, and goes on in its place", async () => {
    for (const torn of ['{"subject":{"ki', "x", '{"seq":4}\u0000\u0000\n', "\u0000".repeat(100)]) {
      const { store, file } = await withStream();
      appendFileSync(file, torn);
      expect(await typesOf(store)).toEqual(["one", "two", "three"]);
      expect(await store.append(plan, [ledgerRecord("four")])).toEqual({ ok: true, seq: 4, repeated: false });
      expect(await typesOf(store)).toEqual(["one", "two", "three", "four"]);
    }
  });

  it("with a torn end is repaired by a recovery, once", async () => {
    const { store, file } = await withStream();
    const { length } = readFileSync(file);
    appendFileSync(file, "torn");
    expect(await store.recover()).toMatchObject({ streamsRepaired: 1, damaged: [] });
    expect(readFileSync(file)).toHaveLength(length);
    expect(await store.recover()).toMatchObject({ streamsRepaired: 0, damaged: [] });
    truncateSync(file, 7);
    expect(await store.recover()).toMatchObject({ streamsRepaired: 1, damaged: [] });
    expect(await typesOf(store)).toEqual([]);
  });

  it("that was changed in the middle is refused with the sequence number", async () => {
    const changes: readonly [(lines: string[]) => void, number][] = [
      [(lines) => lines.splice(1, 1, "garbage"), 2],
      [(lines) => lines.splice(1, 1), 2],
      [(lines) => lines.splice(0, 2, lines[1]!, lines[0]!), 1],
      [(lines) => lines.splice(2, 1, lines[2]!.replace('"three"', '"trois"')), 3],
      [(lines) => lines.splice(0, 1, lines[0]!.replace('"p1"', '"p2"')), 1],
    ];
    for (const [change, seq] of changes) {
      const { store, file } = await withStream();
      const lines = readFileSync(file, "utf8").trimEnd().split("\n");
      change(lines);
      writeFileSync(file, `${lines.join("\n")}\n`);
      const error = await store.read(plan, { limit: 9 }).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: "LEDGER.CHAIN_BROKEN", details: { seq } });
    }
  });

  it("that ends in a complete line of something else takes no more records", async () => {
    const { store, file } = await withStream();
    appendFileSync(file, "garbage\n");
    const error = await store.append(plan, [ledgerRecord("four")]).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "LEDGER.CHAIN_BROKEN", details: { seq: 4 } });
  });

  it("that was changed is named by a recovery", async () => {
    const { store, file } = await withStream();
    writeFileSync(file, readFileSync(file, "utf8").replace('"two"', '"zwei"'));
    const { damaged } = await store.recover();
    expect(damaged).toMatchObject([{ code: "LEDGER.CHAIN_BROKEN", seq: 2 }]);
  });
});

describe("the disk", () => {
  it("has a content before its name is there, and a session's entries before its next commit drops them", async () => {
    const inner = nodeFileSystem({ fsync: true });
    const steps: string[] = [];
    const noted = <T>(what: string, path: string, step: T): T => {
      steps.push(`${what} ${/sessions|streams|tmp/.exec(path)?.[0] ?? ""}`);
      return step;
    };
    const files: FileSystem = {
      ...inner,
      create: (path, text) => noted("create and sync", path, inner.create(path, text)),
      writeFrom: (path, position, text) => noted("write", path, inner.writeFrom(path, position, text)),
      rename: (from, to) => noted("rename to", to, inner.rename(from, to)),
      syncFile: (path) => noted("sync", path, inner.syncFile(path)),
      syncDirectory: (path) => noted("sync names of", path, inner.syncDirectory(path)),
    };
    const store = fileStoreOn({ files, owner: namedOwner("ana") }, freshDirectory());
    const session = await create(store);
    const commit = (revision: number) =>
      store.commit({ session, expectedRevision: revision, records: [ledgerRecord("moved")] });
    await commit(1);
    await commit(2);
    steps.length = 0;
    await commit(3);
    expect(steps.filter((step) => !step.endsWith(" "))).toEqual([
      "sync streams",
      "create and sync tmp",
      "rename to sessions",
      "sync names of sessions",
      "write streams",
    ]);
  });
});
