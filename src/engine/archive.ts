import type { Plan, Scenario } from "../contracts/types.js";
import { describe } from "../contracts/violation.js";
import { isRegraftError, RegraftError } from "../errors.js";
import type { Subject } from "../ports/subject.js";
import { scenarioChecksum } from "../scenario/checksum.js";
import { defineScenario } from "../scenario/parse.js";
import { type Engine, happened, maxAttempts, subjectOf } from "./context.js";
import { versionTags } from "./record-tags.js";

const pageLimit = 500;

/** Under which name a version is archived. */
export function versionSubject(engine: Engine, id: string, version: number): Subject {
  return subjectOf(engine, "scenario", `${id}@${version}`);
}

/** Checks a scenario and the limits of the configuration. */
export function admit({ config: { limits } }: Engine, json: unknown): Scenario {
  const scenario = defineScenario(json);
  if (scenario.steps.length > limits.maxSteps) {
    throw new RegraftError("SCENARIO.TOO_LARGE", `the scenario has ${scenario.steps.length} steps`, {
      path: "/steps",
      expected: `at most ${limits.maxSteps} steps`,
      received: String(scenario.steps.length),
    });
  }
  const conditions = [
    ...scenario.transitions.map(({ condition }, at) => ({ condition, path: `/transitions/${at}/condition` })),
    ...scenario.steps.map(({ skipWhen }, at) => ({ condition: skipWhen, path: `/steps/${at}/skipWhen` })),
  ];
  for (const { condition, path } of conditions) {
    if (condition === undefined || condition.length <= limits.maxConditionLength) continue;
    throw new RegraftError("CONDITION.TOO_COMPLEX", `${path} is longer than the limit`, {
      path,
      expected: `at most ${limits.maxConditionLength} characters`,
      received: String(condition.length),
    });
  }
  return scenario;
}

/** A published version as the store has it now, without the cache. */
export async function storedVersion(engine: Engine, id: string, version: number): Promise<Scenario | undefined> {
  const record = await engine.records.load(versionSubject(engine, id, version));
  return record === undefined ? undefined : defineScenario(record.body);
}

function cacheKey(engine: Engine, id: string, version: number): string {
  return JSON.stringify([engine.tenantId, id, version]);
}

/** Takes a version out of this engine's cache. */
export function forgetVersion(engine: Engine, id: string, version: number): void {
  engine.cache.scenarios.delete(cacheKey(engine, id, version));
}

/** A published version; undefined if the archive does not have it. */
export async function archived(engine: Engine, id: string, version: number): Promise<Scenario | undefined> {
  const key = cacheKey(engine, id, version);
  const known = engine.cache.scenarios.get(key);
  if (known !== undefined) return known;
  const scenario = await storedVersion(engine, id, version);
  return scenario === undefined ? undefined : engine.cache.scenarios.set(key, scenario);
}

function checkName(id: unknown, version: unknown): void {
  if (typeof id !== "string") {
    const told = { path: "/id", expected: "a text", received: describe(id) };
    throw new RegraftError("INPUT.INVALID", "the id of the scenario is no text", told);
  }
  if (version === undefined || (typeof version === "number" && Number.isFinite(version))) return;
  throw new RegraftError("INPUT.INVALID", "the version is no number", {
    path: "/version",
    expected: "a number",
    received: describe(version),
  });
}

/** The same, where the version has to exist. */
export async function requireArchived(engine: Engine, id: string, version?: number): Promise<Scenario> {
  checkName(id, version);
  const wanted = version ?? (await liveVersion(engine, id));
  const scenario = wanted === undefined ? undefined : await archived(engine, id, wanted);
  if (scenario !== undefined) return scenario;
  throw new RegraftError(
    "SCENARIO.NOT_FOUND",
    `${id}${wanted === undefined ? "" : ` version ${wanted}`} is not published`,
    {
      expected: "a published version",
      received: wanted === undefined ? id : `${id} version ${wanted}`,
    },
  );
}

/** Under which name the number of the live version is kept. */
export function liveSubject(engine: Engine, id: string): Subject {
  return subjectOf(engine, "live", id);
}

/** The number of the version on which new sessions start. */
export async function liveVersion(engine: Engine, id: string): Promise<number | undefined> {
  const value = await engine.records.pointer(liveSubject(engine, id));
  return value === undefined ? undefined : Number(value);
}

/** All published versions, ascending. */
export async function publishedVersions(engine: Engine, id: string): Promise<number[]> {
  const versions: number[] = [];
  let cursor: string | undefined;
  do {
    const query = { kind: "scenario", tenantId: engine.tenantId, tags: { scenarioId: id } };
    const page = await engine.records.find(query, { limit: pageLimit, ...(cursor === undefined ? {} : { cursor }) });
    for (const { tags } of page.records) versions.push(Number(tags.version));
    cursor = page.cursor;
  } while (cursor !== undefined);
  return versions.sort((a, b) => a - b);
}

function versionTaken(scenario: Scenario, checksum: string, taken: string): RegraftError {
  return new RegraftError("SCENARIO.VERSION_TAKEN", `${scenario.id} version ${scenario.version} has other content`, {
    path: "/version",
    expected: `checksum ${taken}`,
    received: `checksum ${checksum}`,
  });
}

/** Refuses a scenario whose version was published with other content. Returns the published one, if there is one. */
export async function checkUntaken(engine: Engine, scenario: Scenario): Promise<Scenario | undefined> {
  const known = await storedVersion(engine, scenario.id, scenario.version);
  if (known === undefined) return undefined;
  const [taken, checksum] = [scenarioChecksum(known), scenarioChecksum(scenario)];
  if (taken !== checksum) throw versionTaken(scenario, checksum, taken);
  return known;
}

/** Refuses a version number that does not rise. */
export function checkGreater(scenario: Scenario, than: number): void {
  if (scenario.version > than) return;
  throw new RegraftError("SCENARIO.VERSION_NOT_GREATER", `version ${scenario.version} does not come after ${than}`, {
    path: "/version",
    expected: `a version above ${than}`,
    received: String(scenario.version),
  });
}

/**
 * Archives a version for good and makes it the live one. The same version again changes nothing.
 *
 * A version that a later one has `overtaken` is archived and does not become live.
 *
 * Order: the version's document and pointer, the ledger, the live pointer. A crash in between is mended by publishing again.
 */
export async function publish(
  engine: Engine,
  json: unknown,
  { overtaken = false }: { readonly overtaken?: boolean } = {},
): Promise<Scenario> {
  const scenario = admit(engine, json);
  const { id, version } = scenario;
  const live = liveSubject(engine, id);
  for (let attempt = 0; attempt < maxAttempts; attempt += 1) {
    const known = await checkUntaken(engine, scenario);
    const before = await liveVersion(engine, id);
    if (known !== undefined && before === version) return known;
    const isOvertaken = overtaken && before !== undefined && before > version;
    if (before !== undefined && !isOvertaken) checkGreater(scenario, before);
    if (known === undefined && !(await claimVersion(engine, scenario))) continue;
    await recordPublication(engine, scenario);
    if (isOvertaken) return requireArchived(engine, id, version);
    const expected = before === undefined ? undefined : String(before);
    const { ok } = await engine.records.cas(live, expected, String(version));
    if (ok) return requireArchived(engine, id, version);
  }
  throw new RegraftError("STORE.CONFLICT", `${id} is being published by others all the time`);
}

async function claimVersion(engine: Engine, scenario: Scenario): Promise<boolean> {
  const subject = versionSubject(engine, scenario.id, scenario.version);
  const { digest } = await engine.records.put({ ...subject, tags: versionTags(scenario), body: scenario });
  return (await engine.records.cas(subject, undefined, digest)).ok;
}

async function recordPublication(engine: Engine, scenario: Scenario): Promise<void> {
  const checksum = scenarioChecksum(scenario);
  const record = happened(engine, "scenario.published", { version: scenario.version, checksum });
  const idempotencyKey = `published:${scenario.version}:${checksum}`;
  try {
    await engine.records.append(subjectOf(engine, "scenario", scenario.id), [record], { idempotencyKey });
  } catch (error) {
    // The same publication was recorded at another time, before a crash.
    if (!isRegraftError(error, "STORE.IDEMPOTENCY_CONFLICT")) throw error;
  }
}

/** Keeps the new version of a plan where nobody finds it but through the plan. */
export async function putDraft(engine: Engine, planId: string, scenario: Scenario): Promise<void> {
  const subject = subjectOf(engine, "draft", planId);
  const { digest } = await engine.records.put({ ...subject, body: scenario });
  await engine.records.cas(subject, undefined, digest);
}

/** The new version of a plan, published or not. */
export async function targetOf(engine: Engine, plan: Plan): Promise<Scenario | undefined> {
  const published = await storedVersion(engine, plan.scenarioId, plan.toVersion);
  if (published !== undefined) return published;
  const draft = await engine.records.load(subjectOf(engine, "draft", plan.id));
  return draft === undefined ? undefined : defineScenario(draft.body);
}
