import { createRegraft, type Regraft } from "../engine/regraft.js";
import { RegraftError } from "../errors.js";
import type { RecordStore } from "../ports/record-store.js";
import type { SessionStore } from "../ports/session-store.js";
import type { PostgresClient } from "../stores/postgres-client.js";
import type { CliIo } from "./io.js";
import type { StoreOptions } from "./options.js";
import { checkDirectory, type StoreTarget, storeTarget } from "./store-target.js";

/** A store that a command has opened. */
export interface OpenStore {
  readonly store: SessionStore & RecordStore;
  /** Makes what the store needs before its first use. Undefined where nothing is needed. */
  readonly setup?: () => Promise<{ readonly version: number }>;
  readonly close: () => Promise<void>;
}

/** Loads a package that is installed only by those who need it. */
export async function optional<T>(name: string, load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (error) {
    const code = typeof error === "object" && error !== null && "code" in error ? error.code : undefined;
    if (code !== "ERR_MODULE_NOT_FOUND" && code !== "MODULE_NOT_FOUND") throw error;
    const expected = `npm install ${name}`;
    throw new RegraftError("CLI.PACKAGE_MISSING", `the package ${name} is not installed`, {
      expected,
      received: "nothing",
    });
  }
}

async function onPostgres(client: PostgresClient, close: () => Promise<void>): Promise<OpenStore> {
  const { postgresStore } = await import("../stores/postgres.js");
  const store = postgresStore({ client });
  return { store, setup: () => store.setup(), close };
}

/** How a store is opened. */
export interface OpenOptions {
  /** Makes the store of a directory where there is none. A command that only reads, or needs what others have written, makes none. */
  readonly create?: boolean;
}

/** Opens a store; its driver is loaded only now. */
export async function openStore(target: StoreTarget, { create = false }: OpenOptions = {}): Promise<OpenStore> {
  if (target.kind !== "postgres") checkDirectory(target.directory);
  if (target.kind === "file") {
    const { fileStore } = await import("../stores/file.js");
    const store = fileStore(target.directory, { create });
    // A directory is opened by the first call: what is wrong with it is no matter of the command's.
    await store.get({ tenantId: "", id: "" });
    return { store, close: () => store.close() };
  }
  if (target.kind === "postgres") {
    const { default: pg } = await optional("pg", () => import("pg"));
    const pool = new pg.Pool({ connectionString: target.url });
    // A connection that breaks while idle is replaced at the next statement, which tells what is wrong.
    pool.on("error", () => undefined);
    return onPostgres(pool, () => pool.end());
  }
  const { PGlite } = await optional("@electric-sql/pglite", () => import("@electric-sql/pglite"));
  const { openPglite } = await import("./store-pglite.js");
  const open = (directory: string) => PGlite.create(directory);
  const { client, close } = await openPglite(target.directory, open, { create });
  return onPostgres(client, close);
}

/**
 * Opens the store and the tenant that the options name, does the work, and closes the store whatever happens.
 *
 * @throws RegraftError `STORE.NOT_FOUND` for a directory without a store, unless one is to be made
 */
export async function withStore<T>(
  io: CliIo,
  options: StoreOptions,
  work: (regraft: Regraft, open: OpenStore) => Promise<T>,
  how: OpenOptions = {},
): Promise<T> {
  const open = await openStore(storeTarget(io, options), how);
  try {
    const clock = { now: () => Date.parse(io.now()) };
    const regraft = createRegraft({ store: open.store, clock });
    return await work(options.tenant === undefined ? regraft : regraft.forTenant(options.tenant), open);
  } finally {
    await open.close();
  }
}
