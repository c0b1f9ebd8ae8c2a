import { isRegraftError, RegraftError } from "../errors.js";
import type { SessionKey, SessionQuery } from "../ports/session-store.js";
import { causeOf } from "./driver-cause.js";
import type { OwnSave, OwnTables, OwnVersion, OwnWrite, SessionColumn } from "./own-tables-port.js";
import { entryIn, type OwnEntry } from "./own-tables-row.js";

/** The application's functions, with what they return checked and what they throw translated. */
export interface Host<C extends SessionColumn> {
  readonly columns: readonly C[];
  load(key: SessionKey): Promise<OwnEntry | undefined>;
  save(key: SessionKey, write: OwnWrite<C>, expected: OwnVersion | undefined): Promise<boolean>;
  /** Whether each was written. */
  saveAll(saves: readonly OwnSave<C>[]): Promise<readonly boolean[]>;
  /** All rows of the query behind an id, in the application's order; also some that the query does not ask for. */
  rows(query: SessionQuery, after: string | undefined, limit: number): AsyncGenerator<OwnEntry>;
}

/** Rows that are read at once at most. */
const mostRows = 1000;

async function called<T>(method: string, call: () => PromiseLike<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (isRegraftError(error)) throw error;
    const cause = causeOf(error);
    throw new RegraftError("STORE.UNAVAILABLE", `${method} of the application's tables failed`, { method }, { cause });
  }
}

/** A function that does not say whether it wrote cannot be trusted with a compare-and-set. */
function checkWritten(method: string, written: unknown): asserts written is boolean {
  if (typeof written === "boolean") return;
  throw new RegraftError("CONFIG.INVALID", `${method} does not say whether it wrote`, {
    path: `/${method}`,
    expected: "true or false",
    received: written === null ? "null" : typeof written,
  });
}

/** Wraps an application's functions. */
export function hostOf<C extends SessionColumn>(tables: OwnTables<C>): Host<C> {
  const { columns } = tables;

  const save: Host<C>["save"] = async (key, write, expected) => {
    const written = await called("save", () => tables.save(key, write, expected));
    checkWritten("save", written);
    return written;
  };

  return {
    columns,
    save,

    load: async (key) => {
      const row = await called("load", () => tables.load(key));
      return row && entryIn(key.tenantId, columns, { ...row, id: key.id });
    },

    saveAll: async (saves) => {
      if (saves.length === 0) return [];
      if (tables.saveMany === undefined) {
        const written: boolean[] = [];
        for (const one of saves) written.push(await save(one.key, one.write, one.expected));
        return written;
      }
      const written = await called("saveMany", async () => tables.saveMany?.(saves) ?? []);
      for (let at = 0; at < saves.length; at += 1) checkWritten("saveMany", written[at]);
      return written;
    },

    rows: async function* rows(query, from, limit) {
      let [after, size] = [from, Math.min(limit, mostRows)];
      for (;;) {
        const page = { limit: size, ...(after === undefined ? {} : { after }) };
        const found = await called("query", () => tables.query(query, page));
        for (const row of found) {
          const entry = entryIn(query.tenantId, columns, row);
          if (entry !== undefined) yield entry;
        }
        if (found.length < size) return;
        after = found.at(-1)?.id;
        size = Math.min(2 * size, mostRows);
      }
    },
  };
}
