import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Scenario } from "../../src/contracts/types.js";
import { defineScenario } from "../../src/scenario/parse.js";
import { convertFlow } from "../../src/tools/convert-flow.js";
import type { ConversionNote } from "../../src/tools/convert-notes.js";

/** One version of a real flow. */
export interface FlowVersion {
  readonly version: number;
  readonly language: string;
  readonly source: Readonly<Record<string, unknown>>;
  /** As converted, before it was checked. */
  readonly json: Scenario;
  readonly scenario: Scenario;
  readonly notes: readonly ConversionNote[];
}

/** A real flow with its versions, oldest first. */
export interface Flow {
  readonly id: string;
  readonly folder: string;
  readonly versions: readonly FlowVersion[];
}

/** What could not be converted or registered. */
export interface Failure {
  readonly where: string;
  readonly message: string;
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

function readVersion(path: string): FlowVersion {
  const doc = JSON.parse(readFileSync(path, "utf8")) as { condition_language: string; source: Record<string, unknown> };
  const { scenario: json, notes } = convertFlow(doc);
  const { condition_language: language, source } = doc;
  return { version: json.version, language, source, json, scenario: defineScenario(json), notes };
}

function readFlow(root: string, folder: string, id: string, failures: Failure[]): Flow {
  const place = join(root, folder, id);
  const versions = readdirSync(place)
    .filter((file) => /^v\d+\.json$/.test(file))
    .sort((a, b) => Number(a.slice(1, -5)) - Number(b.slice(1, -5)))
    .flatMap((file) => {
      try {
        return [readVersion(join(place, file))];
      } catch (error) {
        failures.push({ where: `${folder}/${id}/${file}`, message: messageOf(error) });
        return [];
      }
    });
  return { id, folder, versions };
}

/** Reads, converts and registers every version file below `flows*` of a data folder. */
export function readPack(root: string): { flows: Flow[]; failures: Failure[] } {
  const failures: Failure[] = [];
  const folders = readdirSync(root).filter((name) => name.startsWith("flows") && !name.includes("."));
  const flows = folders.sort().flatMap((folder) =>
    readdirSync(join(root, folder))
      .filter((id) => existsSync(join(root, folder, id, "v1.json")))
      .sort()
      .map((id) => readFlow(root, folder, id, failures)),
  );
  return { flows, failures };
}
