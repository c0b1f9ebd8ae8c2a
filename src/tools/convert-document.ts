import { RegraftError } from "../errors.js";

/** A field as a step of a neutral flow file collects it. */
export interface NeutralField {
  readonly name: string;
  readonly type: string;
  readonly description?: string;
  readonly allowed_values?: readonly (string | number | boolean)[];
  readonly required?: boolean;
}

/** A step of a neutral flow file. */
export interface NeutralStep {
  readonly id: string;
  readonly name: string;
  readonly kind: string;
  readonly unnamed?: boolean;
  readonly description?: string;
  readonly collects?: readonly NeutralField[];
  readonly checkpoint?: boolean;
  readonly action?: Readonly<Record<string, unknown>>;
  readonly skip_when?: string;
  readonly parent?: string;
  readonly repeats?: unknown;
  readonly [other: string]: unknown;
}

/** A transition of a neutral flow file; their order is the order of evaluation. */
export interface NeutralTransition {
  readonly from: string;
  readonly to: string;
  readonly condition?: string;
  readonly default?: boolean;
}

/** One version of a flow in the neutral form of the data packs. */
export interface NeutralFlow {
  readonly id: string;
  readonly name: string;
  readonly version: number;
  readonly entry: string;
  readonly condition_language: string;
  readonly source: Readonly<Record<string, unknown>>;
  readonly steps: readonly NeutralStep[];
  readonly transitions: readonly NeutralTransition[];
}

type Shape = Readonly<Record<string, "string" | "number" | "boolean" | "object" | "array">>;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function demand(value: unknown, path: string, required: Shape, optional: Shape = {}): void {
  if (!isObject(value)) throw wrong(path, "an object", value);
  for (const [name, type] of Object.entries({ ...required, ...optional })) {
    const part = value[name];
    if (part === undefined && name in optional) continue;
    const fits = type === "array" ? Array.isArray(part) : type === "object" ? isObject(part) : typeof part === type;
    if (!fits) throw wrong(`${path}/${name}`, type === "array" ? "an array" : `a ${type}`, part);
  }
}

function wrong(path: string, expected: string, value: unknown): RegraftError {
  const received = value === null ? "null" : Array.isArray(value) ? "an array" : typeof value;
  return new RegraftError("INPUT.INVALID", `The flow file has no ${expected} at ${path || "its root"}.`, {
    path,
    expected,
    received,
  });
}

/**
 * Checks that a value has the form of a neutral flow file.
 *
 * @param doc - parsed JSON of one version file
 * @returns the same value, typed; it is not copied
 * @throws RegraftError `INPUT.INVALID` with the path of the first part that does not fit
 *
 * @since 0.1.0
 */
export function readFlowDocument(doc: unknown): NeutralFlow {
  demand(doc, "", {
    id: "string",
    name: "string",
    version: "number",
    entry: "string",
    condition_language: "string",
    source: "object",
    steps: "array",
    transitions: "array",
  });
  const flow = doc as NeutralFlow;
  flow.steps.forEach((step, index) => {
    const path = `/steps/${index}`;
    demand(
      step,
      path,
      { id: "string", name: "string", kind: "string" },
      { description: "string", collects: "array", action: "object", skip_when: "string", parent: "string" },
    );
    step.collects?.forEach((field, at) => {
      demand(field, `${path}/collects/${at}`, { name: "string", type: "string" }, { allowed_values: "array" });
    });
  });
  flow.transitions.forEach((transition, index) => {
    demand(transition, `/transitions/${index}`, { from: "string", to: "string" }, { condition: "string" });
  });
  return flow;
}
