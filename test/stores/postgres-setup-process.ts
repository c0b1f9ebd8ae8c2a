import pg from "pg";
import { postgresStore } from "../../src/stores/postgres.js";

/** Waits until it is told to, sets the schema up, and tells the version. */
const [connectionString = "", schema = ""] = process.argv.slice(2);
const client = new pg.Pool({ connectionString, max: 1 });
process.once("message", async () => {
  const outcome = await postgresStore({ client, schema })
    .setup()
    .catch((error: unknown) => String(error));
  await client.end();
  process.send?.(outcome, () => process.disconnect());
});
await client.query("SELECT 1");
process.send?.("ready");
