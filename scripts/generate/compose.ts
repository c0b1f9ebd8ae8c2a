import { isSchema, part, readJson, type Schema } from "./schemas.js";

const draft = "https://json-schema.org/draft/2020-12/schema";

/** The enumeration of all reason codes, taken from the catalogue. */
export function composeReasonCode(catalogue: Schema): Schema {
  return {
    $schema: draft,
    $id: "reason-code.schema.json",
    title: "ReasonCode",
    description: "A code of the closed catalogue `reason-codes.json`.",
    type: "string",
    enum: Object.keys(part(catalogue, "codes")),
  };
}

/** The reconciliation result: every branch of the decision with the keys that only the engine knows. */
export function composeResult(decision: Schema): Schema {
  const id = { $ref: "common.schema.json#/$defs/Id" };
  const version = { type: "integer", minimum: 1, maximum: 2147483647 };
  const extra = {
    sessionId: id,
    tenantId: { type: "string", maxLength: 512 },
    messageId: { ...id, description: "The message that triggered it, if it had an id." },
    position: { $ref: "#/$defs/SessionPosition" },
    pending: { type: "boolean", description: "The session still carries its mark." },
  };
  const required = Object.keys(extra).filter((key) => key !== "messageId");
  const defs: Schema = {};
  const branches: Schema[] = [];
  const resultName = (name: string) => name.replace(/Decision$/, "Result");
  for (const reference of decision.oneOf as Schema[]) {
    const name = String(reference.$ref).replace("#/$defs/", "");
    const branch = part(part(decision, "$defs"), name);
    const { action, ...rest } = part(branch, "properties");
    defs[resultName(name)] = {
      ...branch,
      title: resultName(name),
      properties: { action, ...extra, ...(pointTo(rest, "decision.schema.json") as Schema) },
      required: ["action", ...required, ...(branch.required as string[]).filter((key) => key !== "action")],
    };
    branches.push({ $ref: `#/$defs/${resultName(name)}` });
  }
  defs.SessionPosition = {
    title: "SessionPosition",
    description: "Where the session stands afterwards.",
    type: "object",
    properties: { version, stepId: id },
    required: ["version", "stepId"],
    additionalProperties: false,
  };
  return {
    $schema: draft,
    $id: "result.schema.json",
    title: "ReconciliationResult",
    description: "What became of a session at its message.",
    oneOf: branches,
    $defs: defs,
  };
}

function pointTo(value: unknown, file: string): unknown {
  if (Array.isArray(value)) return value.map((item) => pointTo(item, file));
  if (!isSchema(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) =>
      key === "$ref" && String(item).startsWith("#") ? [key, file + String(item)] : [key, pointTo(item, file)],
    ),
  );
}

/** Schemas that are derived from other files of the folder, by stem. */
export function composeSchemas(): Map<string, Schema> {
  const catalogue = readJson("reason-codes.json");
  const decision = readJson("decision.schema.json");
  if (!isSchema(catalogue) || !isSchema(decision)) throw new TypeError("the catalogue and the decision are objects");
  return new Map([
    ["reason-code", composeReasonCode(catalogue)],
    ["result", composeResult(decision)],
  ]);
}
