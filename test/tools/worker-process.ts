import { once } from "node:events";
import { setTimeout } from "node:timers/promises";
import pg from "pg";
import PgBoss from "pg-boss";
import { createRegraft } from "../../src/index.js";
import { postgresStore } from "../../src/stores/postgres.js";
import { createWorker } from "../../src/tools/worker.js";

// One worker process: begins at a word, works until nobody is marked any more, and tells how many sessions it has moved.
const [, , connectionString = "", schema = "", queueSchema = ""] = process.argv;
const client = new pg.Pool({ connectionString, max: 4 });
const boss = new PgBoss({ connectionString, schema: queueSchema, max: 4, supervise: false, schedule: false });
await boss.start();
const regraft = createRegraft({ store: postgresStore({ client, schema }) });
let moved = 0;
const worker = createWorker({
  regraft,
  queue: boss,
  pageSize: 25,
  concurrency: 2,
  idleMs: 50,
  onEvent: (event) => {
    if (event.type === "page") moved += event.moved;
  },
});
console.log("ready");
await once(process.stdin, "data");
await worker.start();
while ((await regraft.marked({ limit: 1 })).sessionIds.length > 0) await setTimeout(50);
await worker.stop();
await boss.stop({ graceful: false, wait: false });
await client.end();
console.log(JSON.stringify({ moved }));
process.stdin.destroy();
