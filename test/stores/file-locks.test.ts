import { spawn } from "node:child_process";
import { once } from "node:events";
import { describe, expect, it } from "vitest";
import { nodeFileSystem } from "../../src/resilience/atomic-file-system.js";
import { fileStore } from "../../src/stores/file.js";
import { processOwner } from "../../src/stores/file-owner.js";
import { fileStoreOn } from "../../src/stores/file-store.js";
import { openWorkspace } from "../../src/stores/file-workspace.js";
import { create } from "../../src/testing/store-contract-fixtures.js";
import { namedOwner } from "./file-crash.js";
import { freshDirectories } from "./file-directories.js";

const freshDirectory = freshDirectories();
const files = nodeFileSystem({ fsync: false });

function locksOf(directory: string, name: string, dead: readonly string[] = []) {
  return openWorkspace(directory, { files, owner: namedOwner(name, dead), create: true, lockTimeoutMs: 20 });
}

/** A promise that is held open, so that a lock is held as long as a test wants. */
function gate() {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open: () => open() };
}

describe("a lock", () => {
  it("makes others wait, and tells them so when it takes too long", async () => {
    const directory = freshDirectory();
    const [ana, ben] = [await locksOf(directory, "ana"), await locksOf(directory, "ben")];
    const { opened, open } = gate();
    const held = ana.locks.holding(["k"], () => opened);
    await expect(ben.locks.holding(["other"], async () => "free")).resolves.toBe("free");
    const isLate = { code: "STORE.UNAVAILABLE", details: { holder: "ana-0" } };
    await expect(ben.locks.holding(["k"], async () => "late")).rejects.toMatchObject(isLate);
    open();
    await held;
    await expect(ben.locks.holding(["k"], async () => "now")).resolves.toBe("now");
  });

  it("of a process that has ended is taken by one of those who wait, never by two", async () => {
    const directory = freshDirectory();
    const [{ opened }, taken] = [gate(), gate()];
    const dying = await locksOf(directory, "dying");
    void dying.locks.holding(["k"], () => {
      taken.open();
      return opened;
    });
    await taken.opened;
    const heirs = await Promise.all(
      Array.from({ length: 8 }, (_, n) =>
        openWorkspace(directory, {
          files,
          owner: namedOwner(`heir${n}`, ["dying"]),
          create: true,
          lockTimeoutMs: 5000,
        }),
      ),
    );
    let inside = 0;
    let most = 0;
    let turns = 0;
    const work = async () => {
      inside += 1;
      most = Math.max(most, inside);
      await files.makeDirectory(`${directory}/tmp/turn${turns}`);
      turns += 1;
      inside -= 1;
    };
    await Promise.all(heirs.flatMap(({ locks }) => [locks.holding(["k"], work), locks.holding(["k"], work)]));
    expect({ most, turns }).toEqual({ most: 1, turns: 16 });
  });

  it("that others have broken is not given back by the one who held it before", async () => {
    const directory = freshDirectory();
    const slow = await locksOf(directory, "slow");
    const next = await locksOf(directory, "next", ["slow"]);
    const third = await locksOf(directory, "third");
    const [first, second, before, inside] = [gate(), gate(), gate(), gate()];
    const heldBefore = slow.locks.holding(["k"], () => {
      before.open();
      return first.opened;
    });
    await before.opened;
    const heldNow = next.locks.holding(["k"], async () => {
      inside.open();
      await second.opened;
    });
    await inside.opened;
    first.open();
    await heldBefore;
    const isHeldByNext = { code: "STORE.UNAVAILABLE", details: { holder: "next-0" } };
    await expect(third.locks.holding(["k"], async () => "in")).rejects.toMatchObject(isHeldByNext);
    second.open();
    await heldNow;
    await expect(third.locks.holding(["k"], async () => "in")).resolves.toBe("in");
  });

  it("is given back when what was done under it fails", async () => {
    const { locks } = await locksOf(freshDirectory(), "ana");
    const failing = locks.holding(["k"], () => Promise.reject(new RangeError("no")));
    await expect(failing).rejects.toThrow(RangeError);
    await expect(locks.holding(["k"], async () => 1)).resolves.toBe(1);
  });

  it("may be taken together with others in any order", async () => {
    const { locks } = await locksOf(freshDirectory(), "ana");
    const keys = ["a", "b", "c", "d"];
    const orders = keys.flatMap((first) => keys.map((second) => [first, second]));
    expect(await Promise.all(orders.map((order) => locks.holding(order, async () => 1)))).toHaveLength(16);
  });
});

describe("the owner of a lock", () => {
  const [pid, start, boot, host, ...rest] = processOwner().stamp().split("-");
  const stamp = (...parts: readonly (string | undefined)[]) => [...parts, ...rest].join("-");

  it("lives as long as its process does", async () => {
    expect(processOwner().isDead(processOwner().stamp())).toBe(false);
    const child = spawn(process.execPath, ["--version"], { stdio: "ignore" });
    await once(child, "exit");
    expect(processOwner().isDead(stamp(String(child.pid), start, boot, host))).toBe(true);
  });

  it("is not mistaken for a later process of the same number, nor for one before the machine was started anew", () => {
    expect(processOwner().isDead(stamp(pid, `${start}0`, boot, host))).toBe(true);
    expect(processOwner().isDead(stamp(pid, start, "00000000", host))).toBe(true);
  });

  it("of another host name counts as alive for a minute", () => {
    const since = (ms: number) => [pid, start, boot, "00000000", "aa", String(ms)].join("-");
    expect(processOwner().isDead(since(Date.now()))).toBe(false);
    expect(processOwner().isDead(since(0))).toBe(true);
  });
});

describe("several stores at one directory", () => {
  it("let one of two commits at one revision win, and lose no mark", async () => {
    const directory = freshDirectory();
    const stores = Array.from({ length: 4 }, () => fileStore(directory, { fsync: false }));
    await create(stores[0]!);
    const key = { tenantId: "", id: "s1" };
    let won = 0;
    const write = async (store: (typeof stores)[number]) => {
      for (let n = 0; n < 10; n += 1) {
        const session = await store.get(key);
        const result = await store.commit({ session: session!, expectedRevision: session!.revision });
        if (result.ok) won += 1;
      }
    };
    const mark = { planId: "p1", targetVersion: 2, markedAt: "2026-02-01T00:00:00.000Z" };
    await Promise.all([...stores.map(write), stores[1]!.mark({ tenantId: "" }, mark, { limit: 9 })]);
    expect(await stores[3]!.get(key)).toMatchObject({ revision: won + 1, pendingMigration: { planId: "p1" } });
    expect(won).toBeGreaterThanOrEqual(10);
  });

  it("do not fail for a mark that is put on while they commit", async () => {
    const directory = freshDirectory();
    const store = fileStoreOn({ files, owner: processOwner() }, directory);
    await create(store);
    const mark = { planId: "p", targetVersion: 2, markedAt: "2026-02-01T00:00:00.000Z" };
    for (let revision = 1; revision <= 10; revision += 1) {
      const session = await store.get({ tenantId: "", id: "s1" });
      const [result] = await Promise.all([
        store.commit({ session: session!, expectedRevision: revision }),
        store.mark({ tenantId: "" }, { ...mark, planId: `p${revision}` }, { limit: 9 }),
      ]);
      expect(result).toMatchObject({ ok: true });
    }
    const last = await store.get({ tenantId: "", id: "s1" });
    expect(last).toMatchObject({ revision: 11, pendingMigration: { planId: "p10" } });
  });
});
