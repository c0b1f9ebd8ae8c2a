import { goldenViolations } from "../contracts/golden.js";
import type { GoldenCase, Scenario } from "../contracts/types.js";
import { describe } from "../contracts/violation.js";
import { isRegraftError, RegraftError } from "../errors.js";
import { defineScenario } from "../scenario/parse.js";
import { type GoldenFlow, invalid, isBlank } from "./golden-flow.js";
import { checkNames } from "./golden-names.js";
import { repeatedKey } from "./json-repeated.js";

/** The value of `format` in a file of golden cases. */
export const goldenFormat = "regraft-golden/1";

/** A file of golden cases, as far as its envelope goes. */
export interface GoldenEnvelope {
  readonly cases: readonly unknown[];
  readonly versions: readonly unknown[];
  /** Files of further versions, relative to the file of the cases. */
  readonly versionFiles: readonly string[];
}

const envelopeKeys = ["$schema", "format", "description", "versions", "versionFiles", "cases"];

/**
 * Reads what stands around the cases of a file.
 *
 * @param text - the file; a property that stands twice is refused, since only the last one would count
 * @throws RegraftError `GOLDEN.INVALID` with path, expected and received
 */
export function readEnvelope(text: string): GoldenEnvelope {
  const twice = repeatedKey(text);
  if (twice !== undefined) throw invalid({ path: twice, expected: "one such property", received: "two" });
  const json: unknown = JSON.parse(text);
  if (!isObject(json)) throw invalid({ path: "", expected: "an object with cases", received: describe(json) });
  const unknown = Object.keys(json).find((key) => !envelopeKeys.includes(key));
  if (unknown !== undefined)
    throw invalid({ path: `/${unknown}`, expected: `one of ${envelopeKeys.join(", ")}`, received: describe(unknown) });
  if (json.format !== goldenFormat)
    throw invalid({ path: "/format", expected: describe(goldenFormat), received: describe(json.format) });
  const { cases, versions = [], versionFiles = [] } = json;
  if (!Array.isArray(cases) || cases.length === 0)
    throw invalid({ path: "/cases", expected: "at least one case", received: describe(cases) });
  if (!Array.isArray(versions))
    throw invalid({ path: "/versions", expected: "an array", received: describe(versions) });
  if (!Array.isArray(versionFiles) || !versionFiles.every((file) => typeof file === "string"))
    throw invalid({ path: "/versionFiles", expected: "an array of file names", received: describe(versionFiles) });
  return { cases, versions, versionFiles };
}

/**
 * Reads the cases: their form, their versions, and whether every name in them means something.
 *
 * @param loaded - the versions of `versionFiles`
 * @param blank - whether a case may expect nothing yet, because its expectation is about to be written
 * @throws RegraftError `GOLDEN.INVALID`, or what `defineScenario` throws, with the path in the file
 */
export function readCases(
  { cases, versions }: GoldenEnvelope,
  loaded: readonly Scenario[],
  { blank = false }: { readonly blank?: boolean } = {},
): GoldenFlow[] {
  const shared = [...loaded, ...versions.map((json, at) => versionAt(json, `/versions/${at}`))];
  const flows = cases.map((json, at) => readCase(json, `/cases/${at}`, shared));
  for (const [at, flow] of flows.entries()) {
    if (flows.findIndex((other) => other.case.id === flow.case.id) !== at)
      throw invalid({ path: `${flow.path}/id`, expected: "an id of its own", received: describe(flow.case.id) });
    if (!blank && isBlank(flow.case.expect))
      throw invalid({ path: `${flow.path}/expect`, expected: "an expectation", received: "none" });
    checkNames(flow);
  }
  return flows;
}

function readCase(json: unknown, path: string, shared: readonly Scenario[]): GoldenFlow {
  const [fault, ...more] = goldenViolations(json).map((one) => ({ ...one, path: path + one.path }));
  if (fault !== undefined) throw invalid(fault, more);
  // It follows the schema that the type is made from.
  const one = json as GoldenCase;
  const own = (one.versions ?? []).map((version, at) => versionAt(version, `${path}/versions/${at}`));
  const versions = [...shared, ...own];
  const again = versions.findIndex(({ id, version }, at) =>
    versions.some((other, before) => before < at && other.id === id && other.version === version),
  );
  if (again >= 0)
    throw invalid({ path: `${path}/versions`, expected: "each version once", received: versionName(versions[again]) });
  if (versions.length === 0) throw invalid({ path: `${path}/versions`, expected: "a version", received: "none" });
  return { case: one, versions, path };
}

function versionName(scenario: Scenario | undefined): string {
  return `version ${scenario?.version} of ${scenario?.id} twice`;
}

function versionAt(json: unknown, path: string): Scenario {
  try {
    return defineScenario(json);
  } catch (error) {
    if (!isRegraftError(error)) throw error;
    const { code, message, details } = error;
    const where = { ...details, path: path + (details.path ?? "") };
    throw new RegraftError(code, message.slice(code.length + 2), where, { cause: error });
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
