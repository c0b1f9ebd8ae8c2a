import { type Actual, type Loose, list, record, text } from "./case.js";
import { outcomeOf } from "./outcome.js";
import { play } from "./play.js";
import type { Command } from "./script.js";
import { World } from "./world.js";

/**
 * Fills one field: a session stands behind a new step that collects it, and its next message tells where the value came from, or
 * that it is asked for.
 */
export async function fillField(given: Loose): Promise<Actual> {
  const fields = text(given.field) === undefined ? list(given.fields).map(String) : [String(given.field)];
  const [field = "email"] = fields;
  const world = new World({ ...given, ...flowAround(given, fields) });
  const hop: Command = { verb: "deploy", words: "deploy", everyHop: true };
  const trace = await play(world, [hop, { verb: "message", words: "message" }]);
  const outcome = await outcomeOf(world, trace, "gapfill");
  const session = await world.raw.get({ tenantId: world.tenantId, id: "s1" });
  const isFilled = outcome.action === "teleport" || outcome.action === "confirm";
  const own = record(given.variables)[field] ?? "";
  const before = own === "" ? undefined : "session";
  const kind =
    session?.migration?.found?.find((value) => value.field === field)?.kind ??
    session?.lineage?.[field]?.kind ??
    before;
  return {
    ...outcome,
    filled: isFilled,
    value: isFilled ? (session?.variables[field] ?? outcome.value) : null,
    source: isFilled ? (kind === "conversation" ? "extraction" : kind) : null,
    needsConfirmation: outcome.action === "confirm",
    modelCalls: world.reader.calls.length,
    profileAfter: world.profile,
  };
}

function flowAround(given: Loose, fields: readonly string[]): Loose {
  const definitions = [...list(given.definitions), ...list(given.fieldDefinitions)];
  const version = (number: number, steps: readonly Loose[]): Loose => ({
    id: "flow",
    version: number,
    entry: "W",
    steps,
    transitions: steps.slice(1).map((step, i) => ({ from: record(steps[i]).id, to: step.id })),
    ...(number === 2 && definitions.length > 0 ? { fields: definitions } : {}),
  });
  const [first, last] = [
    { id: "W", name: "W" },
    { id: "C", name: "C" },
  ];
  const history = ["W", "C"].map((step) => ({ step, version: 1 }));
  const session = {
    id: "s1",
    version: 1,
    step: "C",
    history,
    variables: record(given.variables),
    customer: given.customer,
  };
  return {
    versions: [version(1, [first, last]), version(2, [first, { id: "E", name: "E", collects: fields }, last])],
    sessions: [session],
  };
}
