import pg from "pg";
import type { RegraftOptions } from "../src/engine/options.js";
import { createRegraft } from "../src/engine/regraft.js";
import { type PostgresStore, postgresStore } from "../src/stores/postgres.js";
import { print } from "./rounds.js";
import { costOf, cpuRatio, type Round, speed, spreadOf } from "./stores-cost.js";
import { approved, inScopeOfHundred, sampleAt } from "./stores-flow.js";

const steps = 20;
const reconciled = 1000;
const columns =
  "tenant_id, id, revision, scenario_id, scenario_version, step_id, status, channel, created_at_ms, document";

/** A database with a template of all sessions, from which every measurement starts anew. */
class Database {
  sent = 0;
  readonly store: PostgresStore;

  private constructor(
    readonly client: pg.Client,
    readonly pid: number,
  ) {
    this.store = postgresStore({
      client: {
        query: (text, params) => {
          this.sent += 1;
          return client.query(text, params);
        },
      },
    });
  }

  static async open(url: string, sessions: number): Promise<Database> {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    const { rows } = await client.query("SELECT pg_backend_pid() AS pid");
    const database = new Database(client, Number(rows[0]?.pid));
    await client.query("DROP SCHEMA IF EXISTS regraft CASCADE; DROP TABLE IF EXISTS template");
    await database.store.setup();
    const samples = Array.from({ length: steps }, (_, n) => JSON.stringify(sampleAt(steps, `s${n}`, 6)));
    await client.query(`CREATE TABLE template AS SELECT ${columns} FROM regraft.sessions`);
    const id = "'p' || lpad(n::text, 9, '0')";
    const channel = `CASE WHEN n % 100 < ${inScopeOfHundred} THEN 'web' ELSE 'voice' END`;
    await client.query(
      `INSERT INTO template (${columns})
      SELECT '', ${id}, 1, 'flow', 1, 's' || (n % ${steps}), 'active', ${channel}, 0,
        (($1::text[])[1 + n % ${steps}]::jsonb || jsonb_build_object('id', ${id}, 'channel', ${channel}, 'revision', 1))::json
      FROM generate_series(0, $2::integer - 1) n`,
      [samples, sessions],
    );
    return database;
  }

  /** All sessions as they were, with an engine and a plan that nobody has deployed. */
  async reset(pageSize: number): ReturnType<typeof approved> {
    const tables = ["sessions", "session_keys", "ledger", "ledger_keys", "documents", "pointers", "leases"];
    await this.client.query(`TRUNCATE ${tables.map((name) => `regraft.${name}`).join(", ")}`);
    await this.client.query(`INSERT INTO regraft.sessions (${columns}) SELECT ${columns} FROM template ORDER BY id`);
    await this.client.query("VACUUM ANALYZE regraft.sessions");
    await this.client.query("CHECKPOINT");
    const made = await approved(this.store, steps, pageSize);
    this.sent = 0;
    return made;
  }
}

async function benchMarking(database: Database, sessions: number, rounds: number, pageSize: number): Promise<void> {
  const expected = (sessions * inScopeOfHundred) / 100;
  const measured: Round[] = [];
  let queries = 0;
  const bare = async () => {
    await database.reset(pageSize);
    return costOf(async () => {
      const { rowCount } = await database.client.query(
        `UPDATE regraft.sessions SET mark_plan_id = $1, mark_target = 2, mark_step_id = step_id, mark_at = $2
        WHERE tenant_id = '' AND scenario_id = 'flow' AND scenario_version = 1 AND channel = 'web'
          AND status = ANY ('{active,idle,suspended}') AND mark_plan_id IS DISTINCT FROM $1`,
        ["plan", "2026-01-01T00:00:00.000Z"],
      );
      if (rowCount !== expected) throw new Error(`the bare statement marked ${rowCount}`);
    }, database.pid);
  };
  const deploy = async () => {
    const { regraft, plan } = await database.reset(pageSize);
    const cost = await costOf(async () => {
      const { marking } = await regraft.deploy(plan);
      if (marking?.marked !== expected) throw new Error(`the deployment marked ${marking?.marked}`);
    }, database.pid);
    queries = database.sent;
    return cost;
  };
  for (let round = 0; round < rounds; round += 1) {
    const first = round % 2 === 0 ? await bare() : await deploy();
    const second = round % 2 === 0 ? await deploy() : await bare();
    const [baseline, candidate] = round % 2 === 0 ? [first, second] : [second, first];
    measured.push({ baseline, candidate });
  }
  const pages = `pages of ${pageSize}`;
  const one = (what: string, figure: (round: Round) => number, limit: { atMost: number } | { atLeast: number }) =>
    print({ goal: "G9", what: `${what}, ${pages}`, steps: sessions, spread: spreadOf(measured, figure), limit });
  one("deploy / bare UPDATE, processor time", cpuRatio, { atMost: 1.35 });
  one("deploy / bare UPDATE, rows a second", speed, { atLeast: 0.8 });
  const each = queries / (sessions / 1000);
  one("queries for 1,000 sessions", () => each, { atMost: 1 });
}

async function benchReconciling(database: Database, sessions: number, rounds: number): Promise<void> {
  const measured: Round[] = [];
  const { client, store, pid } = database;
  const { regraft, plan } = await database.reset(10_000);
  await regraft.deploy(plan);
  const options: RegraftOptions = { store };
  const ids = (await regraft.marked({ limit: 10_000 })).sessionIds;
  const ofRound = (round: number) => ids.slice(round * reconciled, (round + 1) * reconciled);
  const bare = (round: number) =>
    costOf(async () => {
      for (const id of ofRound(round)) {
        const key = "tenant_id = '' AND id = $1";
        const { rows } = await client.query(`SELECT revision, document::text FROM regraft.sessions WHERE ${key}`, [id]);
        const document: unknown = JSON.parse(String(rows[0]?.document));
        await client.query(
          `UPDATE regraft.sessions SET revision = revision, scenario_version = 1, document = $2 WHERE ${key} AND revision = $3`,
          [id, JSON.stringify(document), rows[0]?.revision],
        );
      }
    }, pid);
  const whole = (round: number) => {
    const engine = createRegraft(options);
    return costOf(async () => {
      for (const id of ofRound(round)) {
        const { action } = await engine.reconcile(id);
        if (action !== "teleport") throw new Error(`a session was to ${action}`);
      }
    }, pid);
  };
  let queries = 0;
  for (let round = 0; round < rounds; round += 1) {
    const baseline = await bare(round);
    database.sent = 0;
    const candidate = await whole(round);
    queries = database.sent / reconciled;
    measured.push({ baseline, candidate });
  }
  const one = (what: string, figure: (round: Round) => number) =>
    print({ goal: "-", what, steps: sessions, spread: spreadOf(measured, figure) });
  one("reconcile / load and compare-and-set, processor time", cpuRatio);
  one("reconcile / load and compare-and-set, sessions a second", speed);
  one("statements of one reconcile (the bare way takes 2)", () => queries);
}

/** Marking and reconciling in PostgreSQL, each against the bare statements on the same rows. */
export async function benchPostgres(
  url: string,
  sessions: number,
  rounds: number,
  pageSizes: readonly number[] = [1000, 10_000],
): Promise<void> {
  const database = await Database.open(url, sessions);
  try {
    for (const pageSize of pageSizes) await benchMarking(database, sessions, rounds, pageSize);
    await benchReconciling(database, sessions, Math.min(rounds, 9));
  } finally {
    await database.client.end();
  }
}
