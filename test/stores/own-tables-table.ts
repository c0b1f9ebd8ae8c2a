import type { OwnRow, OwnTables, OwnWrite, SessionColumn } from "../../src/index.js";

const columns = ["scenarioId", "scenarioVersion", "stepId", "status", "variables", "channel", "createdAt"] as const;
type Column = (typeof columns)[number];
type Row = OwnRow<Column> & OwnWrite<Column>;

/** What an application's table does besides. */
export interface TableOptions {
  /** A trigger that raises the version with every write, as some applications have. */
  readonly raisesAlways?: boolean;
  readonly many?: boolean;
}

/** A plain table of an application, in memory: rows by tenant and id, as JSON text, with compare-and-set. */
export function plainTable(options: TableOptions = {}) {
  const rows = new Map<string, string>();
  const nameOf = (tenantId: string, id: string) => JSON.stringify([tenantId, id]);
  const calls: string[] = [];

  const read = (name: string): Row | undefined => {
    const text = rows.get(name);
    return text === undefined ? undefined : JSON.parse(text);
  };

  const save: OwnTables<Column>["save"] = async ({ tenantId, id }, write, expected) => {
    calls.push("save");
    const row = read(nameOf(tenantId, id));
    if (row?.version !== expected?.version || row?.stamp !== expected?.stamp) return false;
    const version = options.raisesAlways === true ? (row?.version ?? 0) + 1 : write.version;
    rows.set(nameOf(tenantId, id), JSON.stringify({ ...write, id, version }));
    return true;
  };

  const tables: OwnTables<Column> = {
    columns,
    durable: false,
    load: async ({ tenantId, id }) => {
      calls.push("load");
      return read(nameOf(tenantId, id));
    },
    save,
    query: async ({ tenantId, stepIds }, { after, limit }) => {
      calls.push("query");
      const ids = [...rows.keys()].map((name): [string, string] => JSON.parse(name));
      const later = ids.filter(([tenant, id]) => tenant === tenantId && (after === undefined || id > after));
      const found = later.flatMap(([tenant, id]) => read(nameOf(tenant, id)) ?? []);
      return found
        .filter((row) => stepIds === undefined || stepIds.includes(row.columns.stepId ?? ""))
        .sort((a, b) => (a.id < b.id ? -1 : 1))
        .slice(0, limit);
    },
    ...(options.many === true
      ? {
          saveMany: async (saves) => {
            calls.push("saveMany");
            const written: boolean[] = [];
            for (const one of saves) written.push(await save(one.key, one.write, one.expected));
            return written;
          },
        }
      : {}),
  };

  /** What the application itself does to a row. */
  const change = (id: string, next: (row: Row) => Partial<Row>) => {
    const row = read(nameOf("", id));
    if (row !== undefined) rows.set(nameOf("", id), JSON.stringify({ ...row, ...next(row) }));
  };

  /** A row of the application that regraft has not seen. */
  const insert = (row: Partial<OwnRow<SessionColumn>> & { readonly id: string }) => {
    rows.set(nameOf("", row.id), JSON.stringify(row));
  };

  return {
    tables,
    calls,
    read: (id: string) => read(nameOf("", id)),
    change,
    insert,
    remove: (id: string) => rows.delete(nameOf("", id)),
  };
}
