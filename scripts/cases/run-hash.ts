import { contentHash, defineScenario, type Step, scenarioChecksum } from "./api.js";
import { type Actual, isLoose, type Loose, list, record } from "./case.js";
import { scenarioOf } from "./spelling.js";

/** Hashes what is given: two steps or two graphs to be compared, or one step by itself. */
export function hashes(given: Loose): Actual {
  const graphs = ["graphA", "graphB", "graph", "v1", "v2"].flatMap((key) => (isLoose(given[key]) ? [given[key]] : []));
  const made = graphs.length > 0 ? graphs.map(checksumOf) : stepsOf(given).map(hashOf);
  const [first] = made;
  return {
    equal: made.every((hash) => hash === first),
    hash: first,
    hashes: made,
    pattern: first,
    length: first?.length,
    distinct: new Set(made).size,
  };
}

function stepsOf(given: Loose): Loose[] {
  const listed = [...list(given.steps), ...list(given.nodes)];
  const named = ["a", "b", "c", "step", "node"].map((key) => given[key]);
  return [...named, ...listed].filter(isLoose);
}

function hashOf(step: Loose): string {
  const [own] = list(scenarioOf({ steps: [step], transitions: [] }).steps);
  return contentHash(record(own) as unknown as Step);
}

function checksumOf(graph: Loose): string {
  return scenarioChecksum(defineScenario(scenarioOf(graph)));
}
