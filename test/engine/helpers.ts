import {
  createRegraft,
  defineScenario,
  type Regraft,
  type RegraftOptions,
  type Scenario,
  type Transition,
} from "../../src/index.js";
import type { RecordStore } from "../../src/ports/record-store.js";
import type { SessionStore } from "../../src/ports/session-store.js";
import { memoryStore } from "../../src/stores/memory.js";
import { type ManualClock, manualClock } from "../../src/testing/clock.js";
import { sequentialIds } from "../../src/testing/ids.js";

type Store = SessionStore & RecordStore;

export interface Bench {
  readonly regraft: Regraft;
  readonly store: Store;
  readonly clock: ManualClock;
}

type Given = Partial<Omit<RegraftOptions, "store" | "sessions" | "records" | "clock">>;

/** An engine over the memory store with a clock that stands still. */
export function bench(given: Given = {}, wrap: (store: Store) => Store = (store) => store): Bench {
  const clock = manualClock("2026-03-01T09:00:00Z");
  const store = memoryStore({ clock });
  const regraft = createRegraft({ store: wrap(store), clock, ids: sequentialIds(), ...given });
  return { regraft, store, clock };
}

/** Steps "A", "pay!" (a checkpoint), "act^" (a required action), "E:email,phone" (collects). */
function step(text: string) {
  const [head = "", fields] = text.split(":");
  const id = head.replace(/[!^]/g, "");
  return {
    id,
    name: id,
    ...(fields === undefined ? {} : { collects: fields.split(",") }),
    ...(head.includes("!") ? { checkpoint: true, checkpointDescription: `${id} done` } : {}),
    ...(head.includes("^") ? { requiredAction: true } : {}),
  };
}

const definitions: Readonly<Record<string, object>> = {
  email: { type: "email" },
  phone: { type: "phone" },
  age: { type: "integer", min: 0, max: 150 },
  tel: { type: "string" },
};

/** "A > E:email > C" with further ways such as "F > R [age < 18]". The first step is the entry. */
export function flow(version: number, ...lines: string[]): Scenario {
  const steps = new Map<string, ReturnType<typeof step>>();
  const transitions: Transition[] = [];
  for (const line of lines) {
    const condition = /\[(.*)\]$/.exec(line)?.[1];
    const text = /\{(.*)\}$/.exec(line)?.[1];
    const ids = line
      .replace(/[[{].*$/, "")
      .split(">")
      .map((part) => step(part.trim()));
    for (const one of ids) if (!steps.has(one.id) || Object.keys(one).length > 2) steps.set(one.id, one);
    ids.slice(1).forEach((to, at) => {
      const from = ids[at]?.id ?? "";
      const way = condition === undefined ? (text === undefined ? {} : { conditionText: text }) : { condition };
      transitions.push({ from, to: to.id, ...way });
    });
  }
  const all = [...steps.values()];
  const names = new Set([
    ...all.flatMap(({ collects }) => collects ?? []),
    ...(lines.some((l) => l.includes("age")) ? ["age"] : []),
  ]);
  const fields = [...names].sort().map((name) => ({ name, type: "string", ...definitions[name] }));
  return defineScenario({ id: "flow", version, entry: all[0]?.id, steps: all, transitions, fields });
}

/** Starts a session on the live version and walks it along some steps. */
export async function walk(
  regraft: Regraft,
  id: string,
  steps: readonly string[],
  more: { variables?: Record<string, unknown>; channel?: string } = {},
): Promise<void> {
  const session = await regraft.startSession({ scenarioId: "flow", id, ...more });
  for (const stepId of steps) await regraft.recordVisit(id, stepId, { version: session.scenarioVersion });
}

/** Proposes, approves and deploys. */
export async function roll(regraft: Regraft, from: Scenario, to: Scenario, terms: object = {}) {
  const plan = await regraft.propose({ from, to, ...terms });
  return regraft.deploy(await regraft.approve(plan, { by: "ana" }));
}
