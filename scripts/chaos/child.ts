import { isRegraftError } from "../../src/errors.js";
import { checkBulk, fill } from "./bulk.js";
import { checkTenant } from "./check-tenant.js";
import { type CallCount, doomedStore } from "./doomed-store.js";
import { type OpenStore, openStore, type Store } from "./open-store.js";
import { Stormer } from "./storm.js";
import { deploy, engineOf, onlyPlan, tell } from "./story.js";
import type { Message, Note, Task } from "./tasks.js";

/** A process that does one task after another for its parent, each with a store opened anew. */
function say(message: Message): void {
  process.send?.(message);
}

function note(one: Note): void {
  say({ note: one });
}

/** The store with a word to the parent after each page of marking. */
function noting(store: Store): Store {
  let pages = 0;
  const mark: Store["mark"] = async (...args) => {
    const page = await store.mark(...args);
    pages += 1;
    note({ pages });
    return page;
  };
  return { ...store, mark };
}

async function work(task: Task, store: Store): Promise<unknown> {
  const { tenant, aheadMs = 0 } = task;
  switch (task.do) {
    case "tell": {
      const count: CallCount = { calls: 0 };
      const regraft = engineOf(doomedStore(store, task.doom, count), tenant, aheadMs);
      for (const chapter of task.chapters) await tell(regraft, chapter, task.sessions);
      return { calls: count.calls };
    }
    case "check":
      return checkTenant(store, task.expected);
    case "storm":
      await new Stormer(engineOf(store, tenant, aheadMs, 20), task, (acknowledged) => note({ acknowledged })).run();
      return {};
    case "fill":
      await fill(store, tenant, task.sessions);
      return {};
    case "deploy": {
      const regraft = engineOf(doomedStore(noting(store), task.doom, { calls: 0 }), tenant, aheadMs, task.pageSize);
      await deploy(regraft);
      return { marked: (await onlyPlan(regraft)).marking?.marked ?? 0 };
    }
    case "check-bulk":
      return checkBulk(store, tenant, task.sessions);
  }
}

/** Opens the store, again and again while its server is away. */
async function opened({ place, aheadMs = 0 }: Task): Promise<OpenStore> {
  for (;;) {
    try {
      return await openStore(place, aheadMs);
    } catch (error) {
      if (!isRegraftError(error, "STORE.UNAVAILABLE")) throw error;
    }
  }
}

function failure(error: unknown): Message {
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { failed: { message, ...(isRegraftError(error) ? { code: error.code } : {}) } };
}

process.on("message", (task: Task) => {
  const run = async () => {
    const { store, close } = await opened(task);
    try {
      return await work(task, store);
    } finally {
      await close();
    }
  };
  run().then(
    (result) => say({ result }),
    (error: unknown) => say(failure(error)),
  );
});
