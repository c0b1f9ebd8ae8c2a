import { validators } from "./golden-validators.js";
import { violationsBy } from "./validate.js";
import type { Violation } from "./violation.js";

/** Lists the faults of a golden case against `schemas/golden-case.schema.json`; empty if it is valid. */
export function goldenViolations(value: unknown): readonly Violation[] {
  return violationsBy(validators["golden-case"], value);
}
