import type { Scenario } from "../../src/contracts/types.js";
import { defineScenario } from "../../src/scenario/parse.js";
import { seededRandom } from "../../src/testing/random.js";

export const scenarioId = "order";

const fields = ["name", "income", "email"].map((name) => ({ name, type: "string" as const }));

function chain(version: number, steps: Scenario["steps"]): Scenario {
  const transitions = steps.slice(1).map(({ id: to }, at) => ({ from: steps[at]?.id ?? "", to }));
  return defineScenario({ id: scenarioId, version, entry: steps[0]?.id ?? "", steps, transitions, fields });
}

const [hello, name, screening, income, pay, offer, done] = [
  { id: "hello", name: "Welcome" },
  { id: "name", name: "What is your name?", collects: ["name"] },
  { id: "screening", name: "Screen the customer", requiredAction: true },
  { id: "income", name: "What do you earn?", collects: ["income"] },
  { id: "pay", name: "Take the fee", checkpoint: true, checkpointDescription: "fee taken" },
  { id: "offer", name: "Here is our offer" },
  { id: "done", name: "Goodbye" },
];

export const v1 = chain(1, [hello, name, screening, income, pay, offer, done]);

/** Everybody beyond the screening is asked for an address before they go on; a notice asks nothing. */
export const v2 = chain(2, [
  hello,
  { id: "notice", name: "We have moved" },
  name,
  screening,
  { id: "email", name: "What is your address?", collects: ["email"] },
  income,
  pay,
  offer,
  done,
]);

const stepIds = v1.steps.map(({ id }) => id);
const answers: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  name: { name: "Ana" },
  income: { income: "1000" },
};

/** A visit as the host of a session reports it. */
export interface Stride {
  readonly stepId: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** The visits that lead to a step, with what was answered on the way. */
export function stridesTo(stepId: string): Stride[] {
  const path = stepIds.slice(1, stepIds.indexOf(stepId) + 1);
  return path.map((id, at) => ({ stepId: id, variables: answers[stepIds[at] ?? ""] ?? {} }));
}

/** Where the session of a number stands before the migration. */
export function placeOf(number: number): string {
  return stepIds[number % stepIds.length] ?? "hello";
}

/** Id of the session of a number. */
export function idOf(number: number): string {
  return `s${String(number).padStart(7, "0")}`;
}

/** The numbers from 0 in an order that the seed decides. */
export function shuffled(count: number, seed: number): number[] {
  const random = seededRandom(seed);
  const numbers = Array.from({ length: count }, (_, at) => at);
  for (let at = count - 1; at > 0; at -= 1) {
    const other = random.integer(at + 1);
    [numbers[at], numbers[other]] = [numbers[other] ?? 0, numbers[at] ?? 0];
  }
  return numbers;
}
