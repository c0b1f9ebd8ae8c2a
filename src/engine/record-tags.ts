import type { Plan, Scenario } from "../contracts/types.js";
import { RegraftError } from "../errors.js";
import { canonicalJson } from "../hash/canonical-json.js";
import type { StoredRecord } from "../ports/record-store.js";
import type { DeadLetter } from "../resilience/dead-letter.js";

/** What documents are found by. It follows from the document, whose digest does not cover it. */
type Tags = Readonly<Record<string, string>>;

/** By which the versions of a scenario are found. */
export function versionTags({ id, version }: Pick<Scenario, "id" | "version">): Tags {
  return { scenarioId: id, version: String(version) };
}

/** By which plans are found. */
export function planTags(plan: Pick<Plan, "scenarioId" | "fromVersion" | "toVersion" | "status">): Tags {
  const { scenarioId, fromVersion, toVersion, status } = plan;
  return { scenarioId, from: String(fromVersion), to: String(toVersion), status };
}

/** By which dead letters are found, and retention knows what they need. */
export function letterTags({ payload, status }: Pick<DeadLetter, "payload" | "status">): Tags {
  const { planId, scenarioId, version } = payload;
  return { scenarioId, version: String(version), status, ...(planId === undefined ? {} : { planId }) };
}

function tagsOf({ kind, body }: Pick<StoredRecord, "kind" | "body">): Tags {
  if (kind === "scenario") return versionTags(body as Scenario);
  if (kind === "plan") return planTags(body as Plan);
  return kind === "dead-letter" ? letterTags(body as DeadLetter) : {};
}

/**
 * Refuses a valid document whose tags are not those that follow from it: it would be found where it does not belong, or missed where
 * something depends on it.
 *
 * @throws RegraftError `ARTIFACT.INVALID`
 */
export function checkTags(record: StoredRecord): void {
  const expected = canonicalJson(tagsOf(record));
  const received = canonicalJson(record.tags);
  if (received === expected) return;
  throw new RegraftError("ARTIFACT.INVALID", `the tags of the ${record.kind} are not those that follow from it`, {
    path: "/tags",
    kind: record.kind,
    expected,
    received,
  });
}
