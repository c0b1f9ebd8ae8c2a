import { MultiDirectedGraph } from "graphology";
import type { Scenario, Step, Transition } from "../contracts/types.js";
import { defineScenario } from "./parse.js";

/** Attributes of a node: the step without its id, and its position among the steps. */
export type StepAttributes = Omit<Step, "id"> & { order?: number };

/** Attributes of an edge: the transition without its ends, and its position among the transitions. */
export type TransitionAttributes = Omit<Transition, "from" | "to"> & { order?: number };

/** Attributes of the graph: everything else of the scenario. */
export type ScenarioAttributes = Omit<Scenario, "steps" | "transitions">;

/** A scenario as a graphology graph. */
export type ScenarioGraph = MultiDirectedGraph<StepAttributes, TransitionAttributes, ScenarioAttributes>;

/**
 * A scenario as a graphology graph, for layout, validation and the algorithms of that family.
 *
 * Nodes have the step ids as keys, edges `from->to#n`, where n counts the transitions between the same ends. The keys are the same
 * in every process, unlike those that graphology makes itself.
 *
 * @example
 * toGraphology(v1).edges(); // ["hello->income#0"]
 *
 * @since 0.1.0
 * @public
 */
export function toGraphology(scenario: Scenario): ScenarioGraph {
  const { steps, transitions, ...attributes } = scenario;
  const graph: ScenarioGraph = new MultiDirectedGraph();
  graph.replaceAttributes(structuredClone(attributes));
  steps.forEach(({ id, ...step }, order) => {
    graph.addNode(id, { ...structuredClone(step), order });
  });
  const counts = new Map<string, number>();
  transitions.forEach(({ from, to, ...transition }, order) => {
    const ends = `${from}->${to}`;
    const count = counts.get(ends) ?? 0;
    counts.set(ends, count + 1);
    graph.addEdgeWithKey(`${ends}#${count}`, from, to, { ...structuredClone(transition), order });
  });
  return graph;
}

/**
 * The scenario that a graph stands for: equal to the one it was made from, with the same checksum.
 *
 * Steps and transitions stand in the order of their attribute `order`; what has none comes last, in the order of the graph.
 * Attributes that no scenario has, such as the coordinates of a layout, are left out.
 *
 * @throws RegraftError as {@link defineScenario} does: a graph may have been changed in between
 *
 * @example
 * fromGraphology(toGraphology(v1)); // equals v1
 *
 * @since 0.1.0
 * @public
 */
export function fromGraphology(graph: ScenarioGraph): Scenario {
  const steps = graph.mapNodes((id, attributes) => ({
    order: attributes.order,
    part: { id, ...pick(attributes, stepKeys) },
  }));
  const transitions = graph.mapEdges((_key, attributes, from, to) => ({
    order: attributes.order,
    part: { from, to, ...pick(attributes, transitionKeys) },
  }));
  return defineScenario({
    ...pick(graph.getAttributes(), scenarioKeys),
    steps: inOrder(steps),
    transitions: inOrder(transitions),
  });
}

const stepKeys: { readonly [K in keyof Required<Omit<Step, "id">>]: true } = {
  name: true,
  intent: true,
  description: true,
  rules: true,
  collects: true,
  tools: true,
  skipWhen: true,
  checkpoint: true,
  checkpointDescription: true,
  requiredAction: true,
  parallel: true,
  metadata: true,
};

const transitionKeys: { readonly [K in keyof Required<Omit<Transition, "from" | "to">>]: true } = {
  condition: true,
  conditionText: true,
  else: true,
  priority: true,
  fields: true,
  metadata: true,
};

const scenarioKeys: { readonly [K in keyof Required<ScenarioAttributes>]: true } = {
  id: true,
  version: true,
  name: true,
  description: true,
  entry: true,
  fields: true,
  metadata: true,
};

function pick(attributes: object, keys: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(attributes).filter(([key]) => Object.hasOwn(keys, key)));
}

function inOrder<T>(items: { order: number | undefined; part: T }[]): T[] {
  const last = Number.POSITIVE_INFINITY;
  const place = (order: number | undefined) => order ?? last;
  return items
    .sort((a, b) => (place(a.order) === place(b.order) ? 0 : place(a.order) - place(b.order)))
    .map(({ part }) => part);
}
