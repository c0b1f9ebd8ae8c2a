import type { Subject } from "../ports/subject.js";

/** One text for a subject, another one for every other subject, whatever characters the parts hold. */
export function subjectKey({ kind, tenantId, id }: Subject): string {
  return JSON.stringify([kind, tenantId, id]);
}
