import { describe, expect, it } from "vitest";
import type { RecordStore } from "../../src/ports/record-store.js";
import type { SessionStore } from "../../src/ports/session-store.js";
import { memoryStore } from "../../src/stores/memory.js";
import { recordStoreContract, sessionStoreContract, storeContract } from "../../src/testing/store-contract.js";
import type { ContractRunner, StoreContractOptions } from "../../src/testing/store-contract-case.js";
import { type Mutant, mutants } from "./store-contract-mutants.js";

type Store = SessionStore & RecordStore;
type Options = StoreContractOptions<Store>;

/** A test runner that only collects. */
function collector() {
  const tests: { readonly title: string; readonly body: () => Promise<void> }[] = [];
  const skipped: string[] = [];
  const it = Object.assign((title: string, body: () => Promise<void>) => tests.push({ title, body }), {
    skip: (title: string) => skipped.push(title),
  });
  const runner: ContractRunner = { describe: (_, body) => body(), it, expect };
  return { runner, tests, skipped };
}

/** The titles of the tests that fail. */
async function failuresOf({ tests }: ReturnType<typeof collector>): Promise<string[]> {
  const failed: string[] = [];
  for (const { title, body } of tests) {
    await body().catch(() => failed.push(title));
  }
  return failed;
}

function collected(options: Partial<Options> = {}): ReturnType<typeof collector> {
  const collecting = collector();
  storeContract(collecting.runner, {
    makeStore: (clock) => ({ store: memoryStore({ clock }) }),
    capabilities: { durable: false },
    ...options,
  });
  return collecting;
}

/** The memory store with a fault. */
function brokenBy({ mutate }: Pick<Mutant, "mutate">): Partial<Options> {
  return {
    makeStore: (clock) => {
      const store = memoryStore({ clock });
      return { store: { ...store, ...mutate(store) } };
    },
  };
}

describe("the contract suite", () => {
  it("has no complaint about a store that is right, and an id of its own for each test", async () => {
    const suite = collected();
    expect(await failuresOf(suite)).toEqual([]);
    const ids = [...suite.tests.map(({ title }) => title), ...suite.skipped].map(
      (title) => /\[(\S+)\]/.exec(title)?.[1],
    );
    expect(ids).not.toContain(undefined);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it.each(mutants)("notices that $fault", async ({ noticedBy, mutate }) => {
    const failed = await failuresOf(collected(brokenBy({ mutate })));
    expect(failed.map((title) => /\[(\S+)\]/.exec(title)?.[1])).toContain(noticedBy);
  });

  it("looks at a durable store again after a restart", async () => {
    const forgetting = (reopen: (store: Store, clock: Parameters<Options["makeStore"]>[0]) => Store) =>
      collected({
        capabilities: {},
        makeStore: (clock) => {
          const store: Store = {
            ...memoryStore({ clock }),
            capabilities: { ...memoryStore().capabilities, durable: true },
          };
          return { store, reopen: () => reopen(store, clock) };
        },
      });
    expect(await failuresOf(forgetting((store) => store))).toEqual([]);
    const failed = await failuresOf(forgetting((_, clock) => memoryStore({ clock })));
    expect(failed.filter((title) => title.includes("[restart-")).length).toBe(failed.length);
    expect(failed.length).toBeGreaterThanOrEqual(6);
  });

  it("asks a store that is declared durable for a way to open it again", async () => {
    const makeStore: Options["makeStore"] = (clock) => ({
      store: { ...memoryStore({ clock }), capabilities: { ...memoryStore().capabilities, durable: true } },
    });
    const failed = await failuresOf(collected({ capabilities: {}, makeStore }));
    expect(failed.length).toBeGreaterThan(0);
    expect(failed.filter((title) => !title.includes("[restart-"))).toEqual([]);
  });

  it("fails where the store declares something else than it is tested for", async () => {
    const failed = await failuresOf(collected({ capabilities: { durable: false, setBasedMark: false } }));
    expect(failed).toEqual(["is what it is tested for [declares-capabilities]"]);
  });

  it("skips what is not declared, and says so in the title", async () => {
    const { skipped } = collected({ capabilities: { durable: false, leases: false, atomicCommit: false } });
    const lacking = (capability: string) =>
      skipped
        .filter((title) => title.endsWith(`(not declared: ${capability})`))
        .map((title) => /\[([a-z]+)-\S+\]/.exec(title)?.[1]);
    expect(new Set(lacking("leases"))).toEqual(new Set(["lease"]));
    expect(new Set(lacking("atomicCommit"))).toEqual(new Set(["records", "forget"]));
    expect(new Set(lacking("durable"))).toEqual(new Set(["restart"]));
  });

  it("runs the half of a store that has only one", async () => {
    const { get, scan, count, mark, unmark, settle: _, commit, capabilities, ...records } = memoryStore();
    const sessions = collector();
    sessionStoreContract(sessions.runner, {
      makeStore: () => {
        const { settle, ...store } = memoryStore();
        return {
          store: {
            capabilities,
            get: store.get,
            scan: store.scan,
            count: store.count,
            mark: store.mark,
            unmark: store.unmark,
            commit: store.commit,
            ...(settle === undefined ? {} : { settle }),
          },
        };
      },
      capabilities: { durable: false },
    });
    expect(await failuresOf(sessions)).toEqual([]);
    const ofRecords = collector();
    recordStoreContract(ofRecords.runner, {
      makeStore: (clock) => {
        const store = memoryStore({ clock });
        const methods = Object.keys(records).map((name) => [name, Reflect.get(store, name)]);
        return { store: { capabilities, ...Object.fromEntries(methods) } };
      },
      capabilities: { durable: false },
    });
    expect(await failuresOf(ofRecords)).toEqual([]);
    expect(sessions.tests.length).toBeGreaterThan(40);
    expect(ofRecords.tests.length).toBeGreaterThan(20);
  });

  it("races two clients where there are two, and closes each store once", async () => {
    let made = 0;
    let others = 0;
    let closed = 0;
    const suite = collected({
      makeStore: (clock) => {
        const store = memoryStore({ clock });
        made += 1;
        const another = () => {
          others += 1;
          return store;
        };
        return { store, another, close: () => (closed += 1) };
      },
    });
    expect(await failuresOf(suite)).toEqual([]);
    expect(closed).toBe(made);
    expect(others).toBeGreaterThan(10);
  });
});

describe("a deviation", () => {
  const forgetful = brokenBy({ mutate: (store) => ({ commit: (change) => store.commit(change) }) });

  it("is reported as skipped with its reason, by id or title, and leaves the other tests as they are", async () => {
    const titles = await failuresOf(collected(forgetful));
    expect(titles.length).toBeGreaterThan(3);
    const reason = "keys are kept elsewhere";
    const byId = titles.map((title) => ({ test: /\[(\S+)\]/.exec(title)?.[1] ?? "", reason }));
    const byTitle = titles.map((title) => ({ test: title.replace(/ \[\S+\]$/, ""), reason }));
    for (const deviations of [byId, byTitle]) {
      const suite = collected({ ...forgetful, deviations });
      expect(await failuresOf(suite)).toEqual([]);
      for (const title of titles) expect(suite.skipped).toContain(`${title} (deviation: ${reason})`);
    }
  });

  it("that is not needed any more fails", async () => {
    const suite = collected({ deviations: [{ test: "key-repeats", reason: "was so once" }] });
    expect(await failuresOf(suite)).toEqual(["is still needed: key-repeats"]);
  });

  it("that names no test fails", async () => {
    const suite = collected({ deviations: [{ test: "key-reapets", reason: "misspelt" }] });
    expect(await failuresOf(suite)).toEqual(["names a test that exists: key-reapets"]);
  });
});
