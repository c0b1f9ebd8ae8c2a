import type { Field, Scenario, Step, Transition } from "../contracts/types.js";
import { type ConditionContext, convertCondition, type FieldUse } from "./convert-condition.js";
import { type NeutralFlow, type NeutralStep, type NeutralTransition, readFlowDocument } from "./convert-document.js";
import { convertFields } from "./convert-fields.js";
import type { ConversionNote } from "./convert-notes.js";
import { foldParallel } from "./convert-parallel.js";

/** A converted flow: a scenario as JSON, not yet checked by `defineScenario`, and what had to be decided. */
export interface ConvertedFlow {
  readonly scenario: Scenario;
  readonly notes: readonly ConversionNote[];
}

/** Names that mean "the answer to this step" in the source: each step gets its own field for them. */
const stepAnswers: Readonly<Record<string, { readonly suffix: string; readonly source: "person" | "tool" }>> = {
  answer: { suffix: "answer", source: "person" },
  "query.result": { suffix: "result", source: "tool" },
};

const metadataNames = ["kind", "group", "section", "parent", "event", "repeats", "waits_for_input", "action"] as const;

function toolOf(action: Readonly<Record<string, unknown>>): string | undefined {
  if (typeof action.calledElement === "string") return `call ${action.calledElement}`;
  if (typeof action.topic === "string") {
    const inputs = Object.entries((action.inputs ?? {}) as Record<string, unknown>).sort(([a], [b]) =>
      a < b ? -1 : 1,
    );
    return [action.topic, ...inputs.map(([, value]) => String(value))].join(" ");
  }
  if (typeof action.Resource === "string") {
    return action.parameters_sha256 === undefined ? action.Resource : `${action.Resource}#${action.parameters_sha256}`;
  }
  return typeof action.class === "string" ? action.class : undefined;
}

/**
 * What an action says beyond the tool it calls: waiting time, data shaping. Who does a task and on which screen is in the
 * metadata only.
 */
function rulesOf(action: Readonly<Record<string, unknown>>): string[] {
  const told = new Set(["calledElement", "topic", "inputs", "type", "Resource", "class", "assignee", "formKey"]);
  if (typeof action.Resource === "string") told.add("parameters_sha256");
  return Object.keys(action)
    .filter((key) => !told.has(key))
    .sort()
    .map((key) => `${key}: ${String(action[key])}`);
}

function groupBySource(ways: readonly NeutralTransition[]): Map<string, NeutralTransition[]> {
  const groups = new Map<string, NeutralTransition[]>();
  for (const way of ways) {
    const group = groups.get(way.from);
    if (group === undefined) groups.set(way.from, [way]);
    else group.push(way);
  }
  return groups;
}

class Conversion {
  readonly notes: ConversionNote[];
  readonly fields: Map<string, Field>;
  private readonly flow: NeutralFlow;
  private readonly collected: ReadonlyMap<string, Field>;
  private readonly answersOf = new Map<string, string[]>();
  /** Fields of the host whose type some condition told. */
  private readonly typed = new Set<string>();

  constructor(flow: NeutralFlow) {
    const folded = foldParallel(flow);
    const { fields, notes } = convertFields(folded.flow.steps);
    this.flow = folded.flow;
    this.notes = [...folded.notes, ...notes];
    this.collected = new Map(fields.map((field) => [field.name, field]));
    this.fields = new Map(this.collected);
  }

  run(): Scenario {
    const { flow } = this;
    const bySource = groupBySource(flow.transitions);
    const transitions = flow.transitions
      .filter((way) => !this.isRepeatedSkip(way, bySource.get(way.from) ?? []))
      .map((way) => this.transition(way));
    const steps = flow.steps.map((step) => this.step(step, bySource.get(step.id) ?? []));
    return {
      id: flow.id,
      version: flow.version,
      name: flow.name,
      entry: flow.entry,
      steps,
      transitions,
      ...(this.fields.size === 0 ? {} : { fields: [...this.fields.values()] }),
      metadata: { source: { ...flow.source } },
    };
  }

  private note(code: ConversionNote["code"], stepId: string, message: string, field?: string): void {
    this.notes.push({ code, stepId, ...(field === undefined ? {} : { field }), message });
  }

  /** The rule for a name that stands for the answer to the step itself, unless some step collects a field of that name. */
  private stepAnswer(name: string): (typeof stepAnswers)[string] | undefined {
    return this.collected.has(name) ? undefined : stepAnswers[name];
  }

  private context(stepId: string): ConditionContext {
    return {
      typeOf: (name) => this.collected.get(name)?.type,
      nameOf: (name) => {
        const local = this.stepAnswer(name);
        return local === undefined ? name : `${stepId}.${local.suffix}`;
      },
    };
  }

  /** A skip way that goes where the only other way goes says no more than `skipWhen` of its step. */
  private isRepeatedSkip(way: NeutralTransition, siblings: readonly NeutralTransition[]): boolean {
    const [first, second] = siblings;
    const repeated =
      way === first &&
      second !== undefined &&
      siblings.length === 2 &&
      way.condition?.startsWith("skip:") === true &&
      second.condition === undefined &&
      second.to === way.to;
    if (repeated) this.note("skip_merged", way.from, "The skip way and the other way lead to the same step.");
    return repeated;
  }

  private transition(way: NeutralTransition): Transition {
    const ends = { from: way.from, to: way.to };
    if (way.condition === undefined) return way.default === true ? { ...ends, else: true } : ends;
    const converted = convertCondition(way.condition, this.context(way.from));
    if (converted.kind === "cel") {
      this.declare(way.from, converted.uses);
      return { ...ends, condition: converted.condition };
    }
    const isEvent = /^(event|error|label):/.test(way.condition);
    this.note(isEvent ? "event_condition" : "condition_judged", way.from, `Left to a judge: ${way.condition}`);
    const { conditionText, fields } = converted;
    return { ...ends, conditionText, ...(fields.length === 0 ? {} : { fields: [...fields] }) };
  }

  /** Fields that a condition reads and no step collects are known to the host; answers of one step belong to that step. */
  private declare(stepId: string, uses: readonly FieldUse[]): void {
    for (const use of uses) {
      const local = this.stepAnswer(use.source);
      if (local?.source === "person") this.addAnswer(stepId, use);
      else if (!this.collected.has(use.name)) this.addKnown(stepId, use, local?.source ?? "host");
    }
  }

  private addKnown(stepId: string, use: FieldUse, source: "host" | "tool"): void {
    if (!this.fields.has(use.name)) {
      const code = source === "tool" ? "step_answer" : "field_from_host";
      this.note(code, stepId, "Read here, collected by no step.", use.name);
    } else if (use.type === undefined || this.typed.has(use.name)) return;
    if (use.type !== undefined) this.typed.add(use.name);
    this.fields.set(use.name, { name: use.name, type: use.type ?? "string", source });
  }

  private addAnswer(stepId: string, use: FieldUse): void {
    const values = (this.fields.get(use.name)?.values ?? []).map(({ value }) => value);
    const value = String(use.value);
    if (values.length === 0) {
      this.answersOf.set(stepId, [use.name]);
      this.note("step_answer", stepId, "The answer of the person to this step.", use.name);
    }
    const all = values.includes(value) ? values : [...values, value];
    this.fields.set(use.name, { name: use.name, type: "enum", values: all.map((one) => ({ value: one })) });
  }

  private step(step: NeutralStep, ways: readonly NeutralTransition[]): Step {
    const actions = [step.action, ...((step.branchActions as Record<string, unknown>[] | undefined) ?? [])].filter(
      (action) => action !== undefined,
    );
    const tools = actions.map(toolOf).filter((tool) => tool !== undefined);
    const rules = [...(step.action === undefined ? [] : rulesOf(step.action)), ...((step.branches as string[]) ?? [])];
    const collects = [...(step.collects ?? []).map(({ name }) => name), ...(this.answersOf.get(step.id) ?? [])];
    const skipWhen = this.skipWhen(step);
    const metadata = Object.fromEntries(metadataNames.filter((key) => key in step).map((key) => [key, step[key]]));
    if (step.repeats !== undefined)
      this.note("step_repeats", step.id, "Asked once for each item of a list in the source.");
    const open = ways.filter((way) => way.condition === undefined && way.default !== true).length;
    if (open > 1) this.note("open_choice", step.id, `${open} ways without condition.`);
    return {
      id: step.id,
      ...(step.unnamed === true ? { intent: step.kind } : { name: step.name }),
      ...(step.description === undefined ? {} : { description: step.description }),
      ...(rules.length === 0 ? {} : { rules }),
      ...(collects.length === 0 ? {} : { collects: [...new Set(collects)] }),
      ...(tools.length === 0 ? {} : { tools }),
      ...(skipWhen === undefined ? {} : { skipWhen }),
      ...(step.checkpoint === true ? { checkpoint: true, checkpointDescription: step.name } : {}),
      metadata,
    };
  }

  private skipWhen(step: NeutralStep): string | undefined {
    if (step.skip_when === undefined) return undefined;
    if (step.checkpoint === true) {
      this.note("skip_dropped", step.id, `A checkpoint cannot pass by itself: ${step.skip_when}`);
      return undefined;
    }
    const converted = convertCondition(step.skip_when, this.context(step.id));
    if (converted.kind === "cel") {
      this.declare(step.id, converted.uses);
      return converted.condition;
    }
    this.note("skip_judged", step.id, `Not expressible, so the step never passes by itself: ${step.skip_when}`);
    return undefined;
  }
}

/**
 * Turns one version of a flow in the neutral form of the data packs into a scenario.
 *
 * The rules are written down in `docs/real-flows.md`. Nothing is left out in silence: each choice is a note.
 *
 * @param doc - parsed JSON of a version file
 * @returns the scenario as JSON and the notes; `defineScenario` checks it
 * @throws RegraftError `INPUT.INVALID` when the value is no neutral flow file
 *
 * @remarks Pure. Time linear in the size of the file.
 *
 * @example
 * const { scenario } = convertFlow({
 *   id: "door", name: "Door", version: 1, entry: "ask", condition_language: "simple", source: {},
 *   steps: [{ id: "ask", name: "Ask", kind: "collect", collects: [{ name: "age", type: "number" }] }, { id: "in", name: "In", kind: "end" }],
 *   transitions: [{ from: "ask", to: "in", condition: "age > 17" }],
 * });
 * scenario.transitions[0]?.condition; // 'data["age"] > 17'
 *
 * @since 0.1.0
 */
export function convertFlow(doc: unknown): ConvertedFlow {
  const conversion = new Conversion(readFlowDocument(doc));
  return { scenario: conversion.run(), notes: conversion.notes };
}
