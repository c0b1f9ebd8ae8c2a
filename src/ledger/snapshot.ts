import type { GraphSnapshot, GraphSnapshotBody, Scenario, SnapshotExport, SnapshotStep } from "../contracts/types.js";
import { RegraftError } from "../errors.js";
import { canonicalJson } from "../hash/canonical-json.js";
import { digestOf } from "../hash/digest.js";
import { deepFreeze } from "../hash/freeze.js";
import { compile } from "../scenario/compile.js";
import { validateRecord } from "./records.js";

function compared(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function inOrder(texts: Iterable<string>): string[] {
  return [...new Set(texts)].sort(compared);
}

function byPlace(a: SnapshotExport, b: SnapshotExport): number {
  return compared(a.kind, b.kind) || compared(a.name, b.name);
}

/** The body with every list in its one order. */
function ordered(body: GraphSnapshotBody): GraphSnapshotBody {
  const steps = body.steps.map((step) => ({ ...step, requires: inOrder(step.requires), next: inOrder(step.next) }));
  return {
    ...body,
    steps: steps.sort((a, b) => compared(a.id, b.id)),
    unresolved: inOrder(body.unresolved),
    surface: { ...body.surface, exports: [...body.surface.exports].sort(byPlace) },
  };
}

/**
 * The graph of a version as a record in canonical order: however steps and ways are listed in the scenario, the same graph gives the
 * same bytes.
 *
 * @remarks Pure. O((steps + transitions) log steps).
 *
 * @example
 * JSON.stringify(snapshotScenario(scenario)); // a file to be compared and kept
 *
 * @since 0.2.0
 * @public
 */
export function snapshotScenario(scenario: Scenario): GraphSnapshot {
  const { checksum, hashes, index } = compile(scenario);
  const { id: scenarioId, version, entry, fields = [], steps, transitions } = scenario;
  const defined = new Set(fields.map(({ name }) => name));
  const next = new Map<string, string[]>();
  for (const { from, to } of transitions) next.set(from, [...(next.get(from) ?? []), to]);
  const told = steps.map(
    ({ id, name, intent, collects = [] }): SnapshotStep => ({
      id,
      name: name ?? intent ?? id,
      contentHash: hashes[index.get(id) ?? -1] ?? "",
      requires: [...collects],
      next: next.get(id) ?? [],
    }),
  );
  const exports = [
    { kind: "entry" as const, name: entry },
    ...fields.map(({ name }) => ({ kind: "field" as const, name })),
    ...steps.flatMap(({ id, checkpoint, requiredAction }): SnapshotExport[] => [
      ...(checkpoint === true ? [{ kind: "checkpoint" as const, name: id }] : []),
      ...(requiredAction === true ? [{ kind: "required_action" as const, name: id }] : []),
      ...(next.has(id) ? [] : [{ kind: "terminal" as const, name: id }]),
    ]),
  ];
  const read = [...steps.flatMap(({ collects = [] }) => collects), ...transitions.flatMap((one) => one.fields ?? [])];
  const body = ordered({
    scenarioId,
    version,
    checksum,
    ordering: "canonical-v1",
    steps: told,
    unresolved: read.filter((name) => !defined.has(name)),
    surface: { entry, exports },
  });
  const header = {
    kind: "graph.snapshot" as const,
    schemaVersion: "1.0" as const,
    tenantId: "",
    digest: digestOf(body),
  };
  return deepFreeze({ header, body });
}

/**
 * Checks a snapshot that comes from a file.
 *
 * @throws RegraftError `ARTIFACT.INVALID`; `SNAPSHOT.UNORDERED` with the path of the list; `ARTIFACT.DIGEST_MISMATCH`
 *
 * @since 0.2.0
 * @public
 */
export function checkSnapshot(json: unknown): GraphSnapshot {
  const snapshot = validateRecord("record-graph-snapshot", json, { digest: false });
  const right = ordered(snapshot.body);
  for (const part of ["steps", "unresolved", "surface"] as const) {
    if (canonicalJson(snapshot.body[part]) === canonicalJson(right[part])) continue;
    throw new RegraftError("SNAPSHOT.UNORDERED", `/body/${part} is not in canonical order`, {
      path: `/body/${part}`,
      expected: "each list in the order of its ids, each once",
      received: "another order",
    });
  }
  return validateRecord("record-graph-snapshot", json);
}
