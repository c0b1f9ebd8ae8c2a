import type { Scenario, Step, Transition } from "../contracts/types.js";
import { RegraftError } from "../errors.js";
import { defineScenario } from "../scenario/parse.js";

const STEP = /^(\w+)([*!]?)(?:\(([\w,]+)\))?(?:=(\S+))?$/;
const WAY = /^(\w+)>(\w+)(?:\[(.*)\])?$/;

/**
 * Writes a small scenario on two lines, so that a test fits on one screen.
 *
 * Steps are separated by blanks: `pay*` is a checkpoint, `screen!` a required action, `mail(email)` collects a field,
 * `c1=Confirm` has another name than its id. Ways are separated by `;`: `a>b`, `a>c[age < 18]`, `a>d[else]`. The first step is
 * the entry.
 *
 * @throws RegraftError `INPUT.INVALID` for a part that cannot be read, otherwise as `defineScenario` does
 *
 * @example
 * ```ts
 * import { flow } from "regraft/testing";
 *
 * flow(1, "hello income(income) pay*", "hello>income ; income>pay[income > 0]").steps.length; // 3
 * ```
 */
export function flow(version: number, steps: string, ways: string, more: Partial<Scenario> = {}): Scenario {
  const list = steps.trim().split(/\s+/).map(stepOf);
  return defineScenario({
    id: "flow",
    version,
    entry: list[0]?.id ?? "",
    steps: list,
    transitions: ways.split(";").flatMap((text) => (text.trim() === "" ? [] : [wayOf(text.trim())])),
    ...more,
  });
}

function stepOf(text: string): Step {
  const [, id, mark, fields, name] = STEP.exec(text) ?? [];
  if (id === undefined) throw unreadable(text, "a step such as pay*, screen!, mail(email) or c1=Confirm");
  return {
    id,
    name: name ?? `Step ${id}`,
    ...(mark === "*" ? { checkpoint: true, checkpointDescription: `${id} done` } : {}),
    ...(mark === "!" ? { requiredAction: true } : {}),
    ...(fields === undefined ? {} : { collects: fields.split(",") }),
  };
}

function wayOf(text: string): Transition {
  const [, from, to, condition] = WAY.exec(text) ?? [];
  if (from === undefined || to === undefined) throw unreadable(text, "a way such as a>b, a>b[age > 18] or a>b[else]");
  if (condition === undefined) return { from, to };
  return condition === "else" ? { from, to, else: true } : { from, to, condition };
}

function unreadable(received: string, expected: string): RegraftError {
  return new RegraftError("INPUT.INVALID", `cannot read "${received}"`, { expected, received });
}
