import type { RecordQuery, StoredRecord } from "../ports/record-store.js";

/** Makes the test of a query once, for use on many records; kind and tenant are not looked at. */
export function recordMatcher({ ids, tags }: RecordQuery): (record: StoredRecord) => boolean {
  const wantedIds = ids && new Set(ids);
  const wantedTags = Object.entries(tags ?? {}).map(([name, values]): [string, ReadonlySet<string>] => [
    name,
    new Set(typeof values === "string" ? [values] : values),
  ]);
  return (record) =>
    (wantedIds === undefined || wantedIds.has(record.id)) &&
    wantedTags.every(([name, values]) => {
      const value = Object.hasOwn(record.tags, name) ? record.tags[name] : undefined;
      return value !== undefined && values.has(value);
    });
}
