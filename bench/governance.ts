import pg from "pg";
import { startPostgres } from "../scripts/services/postgres-server.js";
import { createRegraft } from "../src/engine/regraft.js";
import { chained, emptyHead } from "../src/ledger/chain.js";
import type { LedgerRecord } from "../src/ports/ledger.js";
import type { RecordStore } from "../src/ports/record-store.js";
import type { SessionStore } from "../src/ports/session-store.js";
import { defineScenario } from "../src/scenario/parse.js";
import { memoryStore } from "../src/stores/memory.js";
import { postgresStore } from "../src/stores/postgres.js";
import { print } from "./rounds.js";
import { type Cost, costOf, cpuRatio, type Round, spreadOf } from "./stores-cost.js";

type Store = SessionStore & RecordStore;

const sessions = 400;
const rounds = process.argv.includes("--quick") ? 5 : 15;

/** User and system time of the process that the work takes, in milliseconds. */
async function cpuOf(work: () => Promise<void>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

function chain(version: number, size: number) {
  const ids = Array.from({ length: size }, (_, i) => `s${i}`);
  const transitions = ids.slice(1).map((to, i) => ({ from: ids[i] ?? "", to }));
  const steps = ids.map((id) => ({ id, name: `Step ${id}` }));
  return defineScenario({ id: "flow", version, entry: "s0", steps, transitions });
}

/** The same store without its ledger of sessions: what a commit tells it is left out. */
function withoutLedger(store: Store, told: LedgerRecord[]): Store {
  return {
    ...store,
    commit: ({ records = [], ...change }, options) => {
      told.push(...records);
      return store.commit(change, options);
    },
  };
}

/** Milliseconds of processor time that one reconciliation takes, over a store with or without its ledger. */
async function reconciling(bare: boolean, steps: number, told: LedgerRecord[]): Promise<number> {
  const [v1, v2] = [chain(1, steps), chain(2, steps + 1)];
  const whole = memoryStore();
  const regraft = createRegraft({ store: whole });
  await regraft.publish(v1);
  const ids = Array.from({ length: sessions }, (_, i) => `person-${i}`);
  for (const id of ids) {
    await regraft.startSession({ scenarioId: "flow", id });
    for (const step of ["s1", "s2", "s3"]) await regraft.recordVisit(id, step, { version: 1 });
  }
  await regraft.deploy(await regraft.approve(await regraft.propose({ from: v1, to: v2 }), { by: "bench" }));
  const engine = bare ? createRegraft({ store: withoutLedger(whole, told) }) : regraft;
  const ms = await cpuOf(async () => {
    for (const id of ids) await engine.reconcile(id);
  });
  return ms / sessions;
}

/** What the ledger costs a reconciliation in memory, against the same without it plus one canonical hash of its entry. */
async function main(): Promise<void> {
  console.log(
    "goal what                                                    steps   median (   least ..    most) wanted",
  );
  for (const steps of [50, 500]) {
    const ratios: number[] = [];
    for (let round = 0; round <= rounds; round += 1) {
      const told: LedgerRecord[] = [];
      const bareFirst = round % 2 === 0;
      const first = await reconciling(bareFirst, steps, told);
      const second = await reconciling(!bareFirst, steps, told);
      const [bare, whole] = bareFirst ? [first, second] : [second, first];
      const subject = { kind: "session", tenantId: "", id: "person-1" };
      const hash = await cpuOf(async () => {
        for (const record of told) chained(subject, emptyHead(subject), [record]);
      });
      if (round > 0) ratios.push(whole / (bare + hash / Math.max(told.length, 1)));
    }
    ratios.sort((a, b) => a - b);
    const at = (index: number) => ratios[index] ?? Number.NaN;
    const spread = { median: at(ratios.length >> 1), least: at(0), most: at(ratios.length - 1) };
    print({ goal: "G", what: "reconcile / bare and one hash, in memory", steps, spread, limit: { atMost: 1.05 } });
  }
}

/** The same with PostgreSQL: processor time of this process and of the server's together, and the statements of each way. */
async function ofPostgres(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const pid = Number((await client.query("SELECT pg_backend_pid() AS pid")).rows[0]?.pid);
  const measured: Round[] = [];
  const statements = { bare: 0, whole: 0 };
  for (let round = 0; round <= rounds; round += 1) {
    let sent = 0;
    const counting = {
      query: (text: string, params: string[]) => {
        sent += 1;
        return client.query(text, params);
      },
    };
    const store = postgresStore({ client: counting, schema: `round ${round}` });
    await store.setup();
    const [v1, v2] = [chain(1, 50), chain(2, 51)];
    const regraft = createRegraft({ store });
    await regraft.publish(v1);
    const ids = Array.from({ length: 2 * sessions }, (_, i) => `person-${i}`);
    for (const id of ids) await regraft.startSession({ scenarioId: "flow", id });
    await regraft.deploy(await regraft.approve(await regraft.propose({ from: v1, to: v2 }), { by: "bench" }));
    const ways = {
      bare: createRegraft({ store: withoutLedger(store, []) }),
      whole: createRegraft({ store, gates: {}, authorizer: { authorize: () => ({ allowed: true, reason: "bench" }) } }),
    };
    const one = async (way: keyof typeof ways, of: readonly string[]): Promise<Cost> => {
      sent = 0;
      const engine = ways[way].as({ principal: "bench" });
      const cost = await costOf(async () => {
        for (const id of of) await engine.reconcile(id);
      }, pid);
      statements[way] = sent;
      return cost;
    };
    const [low, high] = [ids.slice(0, sessions), ids.slice(sessions)];
    const bareFirst = round % 2 === 0;
    const first = await one(bareFirst ? "bare" : "whole", low);
    const second = await one(bareFirst ? "whole" : "bare", high);
    const [baseline, candidate] = bareFirst ? [first, second] : [second, first];
    if (round > 0) measured.push({ baseline, candidate });
    await client.query(`DROP SCHEMA "round ${round}" CASCADE`);
  }
  await client.end();
  const what = "reconcile with ledger, gate, authorizer / bare, PostgreSQL";
  print({ goal: "G", what, steps: 50, spread: spreadOf(measured, cpuRatio), limit: { atMost: 1.3 } });
  const extra = (statements.whole - statements.bare) / sessions;
  const limit = { atMost: 0 };
  print({
    goal: "G",
    what: "statements more for each",
    steps: 50,
    spread: { median: extra, least: extra, most: extra },
    limit,
  });
}

await main();
const server = await startPostgres();
try {
  await ofPostgres(server.url);
} finally {
  await server.stop();
}
