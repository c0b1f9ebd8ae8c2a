import { PGlite } from "@electric-sql/pglite";
import { Redis } from "ioredis";
import pg from "pg";
import type { RecordStore } from "../../src/ports/record-store.js";
import type { SessionStore } from "../../src/ports/session-store.js";
import { fileStore } from "../../src/stores/file.js";
import { postgresStore } from "../../src/stores/postgres.js";
import { fromIoredis, redisStore } from "../../src/stores/redis.js";

/** Which store, and where: an address or a directory. */
export interface StorePlace {
  readonly kind: StoreKind;
  readonly at: string;
}

export const storeKinds = ["postgres", "redis", "file", "pglite"] as const;
export type StoreKind = (typeof storeKinds)[number];

export type Store = SessionStore & RecordStore;

/** A store of this process. */
export interface OpenStore {
  readonly store: Store;
  close(): Promise<void>;
}

/**
 * Opens a store.
 *
 * @param aheadMs - how far the clock that ends leases runs ahead, so that nobody has to wait for those of the dead
 */
export async function openStore({ kind, at }: StorePlace, aheadMs: number): Promise<OpenStore> {
  const clock = { now: () => Date.now() + aheadMs };
  switch (kind) {
    case "postgres": {
      const pool = new pg.Pool({ connectionString: at, max: 3 });
      // A connection that is lost while nobody uses it concerns nobody.
      pool.on("error", () => undefined);
      const store = postgresStore({ client: pool, clock });
      await store.setup();
      return { store, close: () => pool.end() };
    }
    case "redis": {
      // A command whose answer was lost is not sent again by the driver: the engine knows whether it may be.
      const client = new Redis(at, { autoResendUnfulfilledCommands: false, maxRetriesPerRequest: 0 });
      client.on("error", () => undefined);
      const store = redisStore({ client: fromIoredis(client), clock, durable: true });
      return { store, close: async () => client.disconnect() };
    }
    case "file": {
      const store = fileStore(at, { clock, fsync: false });
      return { store, close: () => store.close() };
    }
    case "pglite": {
      const database = await PGlite.create(at);
      const store = postgresStore({ client: database, clock });
      await store.setup();
      return { store, close: () => database.close() };
    }
  }
}
