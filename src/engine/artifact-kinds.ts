import type { ArtifactKind } from "../contracts/artifact-kind.js";
import { type ArtifactRegistry, artifactRegistry, type OldVersion } from "../contracts/registry.js";
import { type ContractKind, violations } from "../contracts/validate.js";
import type { Violation } from "../contracts/violation.js";
import type { NewRecord, RecordStore, StoredRecord } from "../ports/record-store.js";
import { checkTags } from "./record-tags.js";

/** What an engine keeps. The examples of these kinds are the records that tests of the engine write. */
type Check = (value: unknown) => readonly Violation[];

type Form = "text" | "whole number" | "list" | "object";

function formOf(value: unknown): string {
  if (Array.isArray(value)) return "list";
  if (typeof value === "string") return "text";
  if (Number.isInteger(value)) return "whole number";
  if (value === undefined) return "nothing";
  return value === null ? "null" : typeof value;
}

/** Looks at the members that reading depends on; cheap, since some documents are read with every message. */
function members(forms: Readonly<Record<string, Form>>): Check {
  const wanted = Object.entries(forms);
  return (value) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      return [{ path: "", expected: "an object", received: formOf(value) }];
    }
    const given = value as Readonly<Record<string, unknown>>;
    return wanted.flatMap(([name, form]) => {
      const received = formOf(given[name]);
      return received === form ? [] : [{ path: `/${name}`, expected: form, received }];
    });
  };
}

const contract =
  (kind: ContractKind): Check =>
  (value) =>
    violations(kind, value);

const planContent: Check = (value) => {
  const faults = members({ map: "object", policies: "object", summary: "object", lint: "list" })(value);
  if (faults.length > 0) return faults;
  const { map, summary } = value as { readonly map: unknown; readonly summary: unknown };
  const within = (name: string, found: readonly Violation[]) =>
    found.map((fault) => ({ ...fault, path: `/${name}${fault.path}` }));
  return [
    ...within("map", violations("transformation-map", map)),
    ...within("summary", violations("summary", summary)),
  ];
};

const checks: Readonly<Record<string, readonly [owner: string, check: Check]>> = {
  scenario: ["src/engine/archive.ts", contract("scenario")],
  draft: ["src/engine/archive.ts", contract("scenario")],
  plan: [
    "src/engine/plan-records.ts",
    members({
      id: "text",
      scenarioId: "text",
      status: "text",
      digest: "text",
      content: "text",
      revision: "whole number",
      fromVersion: "whole number",
      toVersion: "whole number",
    }),
  ],
  "plan-content": ["src/engine/plan-records.ts", planContent],
  "plan-index": ["src/engine/plan-index.ts", members({ plans: "list" })],
  "legal-hold": [
    "src/engine/retention-holds.ts",
    members({ subject: "object", reason: "text", by: "text", at: "text" }),
  ],
  "dead-letter": [
    "src/engine/dead-letters.ts",
    members({ id: "text", status: "text", reason: "text", attempts: "whole number", payload: "object" }),
  ],
};

/** The kinds of documents that engines keep. */
export const engineKinds: readonly ArtifactKind[] = Object.freeze(
  Object.entries(checks).map(([kind, [owner, check]]) =>
    Object.freeze({
      kind,
      version: "1.0",
      owner,
      check,
      versionOf: () => "1.0",
      example: undefined,
      invalidExamples: [],
    }),
  ),
);

const engineRegistry = artifactRegistry(engineKinds);

function readBy(registry: ArtifactRegistry, record: StoredRecord): StoredRecord {
  const body = registry.read(record.kind, record.body);
  return body === record.body ? record : { ...record, body };
}

/** The two halves of a store's boundary for documents, with the kinds that engines keep. */
export const documents = Object.freeze({
  /** Throws `ARTIFACT.UNREGISTERED_KIND`, `ARTIFACT.INVALID`. */
  checkWritten: ({ kind, body }: Pick<NewRecord, "kind" | "body">): void => engineRegistry.write(kind, body),
  /** Throws `ARTIFACT.UNREGISTERED_KIND`, `ARTIFACT.INVALID`; also for a document under tags that are not its own. */
  checkRead: (record: StoredRecord): StoredRecord => {
    const read = readBy(engineRegistry, record);
    checkTags(read);
    return read;
  },
});

/**
 * A store that keeps documents of registered kinds only, those of engines among them: each is checked when it is written and when it is
 * read, and one of the version before is raised to the present form as it is read.
 *
 * Costs one check of the document in `put`, `load` and `find`; everything else goes straight to the store.
 *
 * @param kinds - the host's own kinds, beside those of engines
 * @param options - `old`: told once for each kind of which an old version was read
 * @throws RegraftError `SCHEMA.INVALID` for two kinds of one name; from `put`, `load` and `find` `ARTIFACT.UNREGISTERED_KIND`,
 *   `ARTIFACT.INVALID` and `SCHEMA.UNSUPPORTED_VERSION`
 *
 * @example
 * const note = defineArtifactKind({
 *   kind: "note",
 *   version: "1.0",
 *   owner: "support",
 *   check: (value) => (typeof value === "string" ? [] : [{ path: "", expected: "a text", received: typeof value }]),
 *   example: "call back",
 *   invalidExamples: [7],
 * });
 * const kept = withArtifactKinds(memoryStore(), [note]);
 * await kept.put({ kind: "note", tenantId: "", id: "n1", body: "call back" });
 *
 * @since 0.2.0
 * @public
 */
export function withArtifactKinds<S extends RecordStore>(
  store: S,
  kinds: readonly ArtifactKind[],
  { old }: { readonly old?: OldVersion } = {},
): S {
  const registry = artifactRegistry([...engineKinds, ...kinds], old);
  const over: Pick<RecordStore, "put" | "load" | "find"> = {
    put: async (record) => {
      registry.write(record.kind, record.body);
      return store.put(record);
    },
    load: async (subject, digest) => {
      const record = await store.load(subject, digest);
      return record === undefined ? undefined : readBy(registry, record);
    },
    find: async (query, page) => {
      const found = await store.find(query, page);
      return { ...found, records: found.records.map((record) => readBy(registry, record)) };
    },
  };
  // Stores may keep their methods on a prototype, refer to themselves, and be frozen, which a proxy of them would have to repeat.
  const stand: S = Object.create(null);
  return new Proxy(stand, {
    has: (_, name) => name in store,
    get: (_, name) => {
      if (Object.hasOwn(over, name)) return over[name as keyof typeof over];
      const member: unknown = Reflect.get(store, name, store);
      return typeof member === "function" ? (member.bind(store) as unknown) : member;
    },
  });
}
