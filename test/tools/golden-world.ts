import { readCases, readEnvelope } from "../../src/tools/golden-file.js";
import type { GoldenFlow } from "../../src/tools/golden-flow.js";

const steps = [
  { id: "hello", name: "Hello" },
  { id: "amount", name: "Amount", collects: ["amount"] },
  { id: "screen", name: "Screen", requiredAction: true },
  { id: "offer", name: "Offer" },
];

function version(number: number, ids: readonly string[]) {
  return {
    id: "loan",
    version: number,
    entry: "hello",
    steps: steps.filter(({ id }) => ids.includes(id)),
    transitions: ids.slice(1).map((to, i) => ({ from: ids[i], to })),
    fields: [{ name: "amount", type: "number" }],
  };
}

/** A small flow: version 2 asks for the amount before the offer, version 3 wants a screening as well. */
export const versions = [
  version(1, ["hello", "offer"]),
  version(2, ["hello", "amount", "offer"]),
  version(3, ["hello", "amount", "screen", "offer"]),
];

export const deployment = [{ do: "propose", from: 1, to: 2 }, { do: "approve" }, { do: "deploy" }];

/** A case of one session at the offer, with the given parts in place of the usual ones. */
export function caseOf(parts: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return {
    id: "one",
    sessions: [{ id: "s1", version: 1, history: ["hello", "offer"] }],
    steps: [...deployment, { do: "message", session: "s1" }],
    expect: { results: { s1: [{ action: "collect", fields: ["amount"] }] } },
    ...parts,
  };
}

/** The text of a file with these cases. */
export function fileOf(...cases: readonly unknown[]): string {
  return JSON.stringify({ format: "regraft-golden/1", versions, cases }, null, 2);
}

/** The cases as they are played. */
export function flowsOf(...cases: readonly unknown[]): GoldenFlow[] {
  return readCases(readEnvelope(fileOf(...cases)), []);
}
