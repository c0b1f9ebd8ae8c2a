import { expect } from "vitest";
import { fileStore } from "../../src/stores/file.js";
import type { Acknowledged } from "./file-processes.js";

function tokenOf(data: Readonly<Record<string, unknown>>): string {
  return String(data.token);
}

/** Checks that everything acknowledged is there once, nothing half, and that streams and sessions agree. */
export async function expectAllSurvived(directory: string, acknowledged: readonly Acknowledged[], sessions = 3) {
  const store = fileStore(directory, { fsync: false });
  const told = (what: string) => acknowledged.flatMap((one) => one.get(what) ?? []);
  for (let n = 0; n < sessions; n += 1) {
    const id = `s${n}`;
    const session = await store.get({ tenantId: "", id });
    const { entries, head } = await store.read({ kind: "session", tenantId: "", id }, { limit: 1e6 });
    expect(entries.map(({ seq }) => seq)).toEqual(entries.map((_, at) => at + 1));
    expect(session?.revision).toBe(head);
    const tokens = entries.map(({ data }) => tokenOf(data));
    expect(session?.variables).toEqual({ token: tokens.at(-1), commits: head });
    expect(new Set(tokens).size).toBe(tokens.length);
    expect(told(id).filter((token) => !tokens.includes(token))).toEqual([]);
  }
  const { entries } = await store.read({ kind: "journal", tenantId: "", id: "j" }, { limit: 1e6 });
  expect(entries.map(({ seq }) => seq)).toEqual(entries.map((_, at) => at + 1));
  const pairs = entries.filter((_, at) => at % 2 === 0).map(({ data }) => tokenOf(data));
  expect(entries.map(({ type, data }) => [type, tokenOf(data)])).toEqual(
    pairs.flatMap((token) => [
      ["one", token],
      ["two", token],
    ]),
  );
  expect(told("journal").filter((token) => !pairs.includes(token))).toEqual([]);
  expect((await store.load({ kind: "live", tenantId: "", id: "flow" }))?.body).toHaveProperty("token");
  expect((await store.recover()).damaged).toEqual([]);
}
