import { count, isLoose, type Loose, list, record, text } from "./case.js";
import { scenarioOf } from "./spelling.js";

/**
 * The versions that a case gives, under any of its keys, or that its generator describes; in the order of their names, not of
 * their numbers, which may be wrong on purpose.
 */
export function versionsOf(given: Loose): Loose[] {
  const named = Object.keys(given)
    .filter((key) => /^(v\d+|graph)$/i.test(key))
    .sort((a, b) => Number(a.slice(1)) - Number(b.slice(1)));
  const listed = [...list(given.versions), ...named.map((key) => given[key])].filter(isLoose).map(scenarioOf);
  const made = isLoose(given.generator) ? generated(given.generator) : [];
  return [...listed, ...made];
}

/** Whether a case leaves out the old version on purpose. */
export function lacksFirst(given: Loose): boolean {
  return isLoose(given.v2) && !isLoose(given.v1) && list(given.versions).length === 0;
}

/** Two versions of a chain, by recipe. */
function generated(recipe: Loose): Loose[] {
  const size = count(recipe.steps) ?? 10;
  const middle = count(recipe.insertDataStepAt);
  const edited = Object.keys(recipe).some((key) => /^editEverySecond/.test(key) && recipe[key] !== false);
  const id = text(recipe.id) ?? "flow";
  const plain = Array.from(
    { length: size },
    (_, i): Loose => ({ id: `s${i}`, name: `Step ${i}`, description: `says ${i}` }),
  );
  const reworded = plain.map((step, i) =>
    edited && i % 2 === 1 ? { ...step, description: `${String(step.description)}, better` } : step,
  );
  const after = [...reworded];
  if (middle !== undefined)
    after.splice(middle, 0, { id: "data", name: "Data", collects: [text(recipe.field) ?? "email"] });
  return [chain(id, 1, plain), chain(id, 2, after)];
}

function chain(id: string, version: number, steps: readonly Loose[]): Loose {
  const transitions = steps.slice(1).map((step, i) => ({ from: record(steps[i]).id, to: step.id }));
  return { id, version, entry: record(steps[0]).id, steps, transitions };
}
