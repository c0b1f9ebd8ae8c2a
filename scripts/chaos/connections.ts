import { Redis } from "ioredis";
import pg from "pg";
import type { StorePlace } from "./open-store.js";

async function ofPostgres(at: string): Promise<number> {
  const client = new pg.Client({ connectionString: at });
  await client.connect();
  try {
    const { rowCount } = await client.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'`,
    );
    return rowCount ?? 0;
  } finally {
    await client.end();
  }
}

async function ofRedis(at: string): Promise<number> {
  const client = new Redis(at);
  try {
    return Number(await client.call("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"));
  } finally {
    client.disconnect();
  }
}

/** Ends all connections to a server from the server's side and says how many there were. */
export async function loseConnections({ kind, at }: StorePlace): Promise<number> {
  if (kind === "postgres") return ofPostgres(at);
  return kind === "redis" ? ofRedis(at) : 0;
}
