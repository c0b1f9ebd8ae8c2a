import type { Field } from "../contracts/types.js";

/** The question for a field: its own prompt, else one made from its name. */
export function promptFor(name: string, field: Field | undefined): string {
  return field?.askPrompt ?? `Please tell us: ${field?.displayName ?? name}`;
}
