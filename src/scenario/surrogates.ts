import type { ScenarioProblem } from "./problem.js";

const surrogate = /[\ud800-\udfff]/;
const unpaired = /\p{Surrogate}/u;

function isBroken(text: string): boolean {
  return surrogate.test(text) && unpaired.test(text);
}

/** The first text of a JSON value, keys included, that no UTF-8 can hold: such a text has no hash. */
export function unpairedSurrogates(json: unknown): ScenarioProblem[] {
  const open: { value: unknown; path: () => string }[] = [{ value: json, path: () => "" }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { value, path } = next;
    if (typeof value === "string" && isBroken(value)) return [problemAt(path())];
    if (typeof value !== "object" || value === null) continue;
    for (const [key, part] of Object.entries(value)) {
      const inner = () => `${path()}/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`;
      if (isBroken(key)) return [problemAt(inner())];
      if (typeof part === "object" || typeof part === "string") open.push({ value: part, path: inner });
    }
  }
  return [];
}

function problemAt(path: string): ScenarioProblem {
  const message = "a text has an unpaired surrogate";
  return {
    code: "SCENARIO.INVALID",
    path,
    message,
    expected: "well-formed Unicode",
    received: "an unpaired surrogate",
  };
}
