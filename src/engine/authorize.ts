import { RegraftError } from "../errors.js";
import type { AccessAction, AccessRequest, AccessVerdict, Authorizer, Identity } from "../ports/authorizer.js";
import { kindOf } from "./by.js";
import type { Engine } from "./context.js";
import { inTime, late } from "./in-time.js";
import { requireObject } from "./input.js";

/** What a call wants to change. */
export interface Intent {
  readonly action: AccessAction;
  readonly resource: AccessRequest["resource"];
  /** Whom the call names as the one who decides. */
  readonly by?: unknown;
}

/** What a call wants, from its arguments: whatever they are, the method checks them later. */
export type IntentOf = (...args: readonly unknown[]) => Intent;

/** Warnings about rules that this process has logged. */
const warned = new Set<string>();
const mostWarnings = 1000;
/** Characters that are kept of what an authorizer says. */
const longestNote = 500;

/** Checks and freezes an identity. */
export function identityOf(given: Identity): Identity {
  requireObject(given, "/identity");
  const { principal, role } = given;
  for (const [name, value] of Object.entries({ principal, ...(role === undefined ? {} : { role }) })) {
    if (typeof value === "string" && value.trim() !== "" && value.length <= 512) continue;
    throw new RegraftError("INPUT.INVALID", `the ${name} cannot be used`, {
      path: `/identity/${name}`,
      expected: "a text of 1 to 512 characters",
      received: kindOf(value),
    });
  }
  return Object.freeze({ principal, ...(role === undefined ? {} : { role }) });
}

function denied({ action, resource }: Intent, who: string | undefined, note: string | undefined): RegraftError {
  const name = who === undefined ? "nobody in particular" : who;
  return new RegraftError("POLICY.ACCESS_DENIED", `${name} may not do ${action} on ${resource.kind}/${resource.id}`, {
    expected: `a principal who may do ${action}`,
    received: name,
    action,
    resource: `${resource.kind}/${resource.id}`,
    ...(note === undefined ? {} : { note }),
  });
}

/** A word of the authorizer, as far as it is one. */
function textOf<K extends "note" | "warning">(name: K, text: unknown): Partial<Record<K, string>> {
  return typeof text === "string" ? ({ [name]: text.slice(0, longestNote) } as Partial<Record<K, string>>) : {};
}

/** The verdict of the authorizer; whatever is not clearly an allowance denies. */
async function verdictOf(engine: Engine, authorizer: Authorizer, request: AccessRequest): Promise<AccessVerdict> {
  try {
    const timeoutMs = engine.config.limits.sourceTimeoutMs;
    const answer = await inTime(async () => authorizer.authorize(request), timeoutMs);
    if (answer === late) return { allowed: false, note: "the authorizer did not answer in time" };
    if (typeof answer === "boolean") return { allowed: answer };
    if (typeof answer !== "object" || answer === null) return { allowed: false, note: "no answer" };
    const { allowed, note, warning } = answer;
    return { allowed: allowed === true, ...textOf("note", note), ...textOf("warning", warning) };
  } catch (error) {
    engine.logger?.error(
      { tenantId: engine.tenantId, action: request.action, error: String(error) },
      "the authorizer failed",
    );
    return { allowed: false, note: "the authorizer failed" };
  }
}

function warnOnce(engine: Engine, warning: string | undefined): void {
  if (warning === undefined || warned.has(warning) || warned.size >= mostWarnings) return;
  warned.add(warning);
  engine.logger?.warn({ warning }, "something is wrong with the access policies; everything is denied");
}

/**
 * Refuses what the engine's authorizer does not allow; without one everything is allowed.
 *
 * @throws RegraftError `POLICY.ACCESS_DENIED`
 */
export async function authorize(engine: Engine, intent: Intent): Promise<void> {
  const { authorizer, identity, tenantId: tenant } = engine;
  if (authorizer === undefined) return;
  const { action, resource } = intent;
  const by = typeof intent.by === "string" && intent.by.trim() !== "" ? intent.by : undefined;
  const principal = identity?.principal ?? by;
  if (by !== undefined && by !== principal)
    throw denied(intent, principal, `the call names ${by} as the one who decides`);
  const role = identity?.role === undefined ? {} : { role: identity.role };
  const request: AccessRequest = Object.freeze({
    principal,
    ...role,
    tenant,
    action,
    resource: Object.freeze(resource),
  });
  const { allowed, note, warning } = await verdictOf(engine, authorizer, request);
  warnOnce(engine, warning);
  if (allowed) return;
  engine.logger?.warn(
    { tenantId: tenant, principal, action, resource: `${resource.kind}/${resource.id}` },
    "access denied",
  );
  throw denied(intent, principal, note);
}

/**
 * Puts the authorizer before a method; without an authorizer the method itself comes back.
 *
 * @param intentOf - what a call of the method wants, from its arguments
 */
export function guarded<A extends readonly unknown[], R>(
  engine: Engine,
  intentOf: IntentOf,
  method: (...args: A) => Promise<R>,
): (...args: A) => Promise<R> {
  if (engine.authorizer === undefined) return method;
  return async (...args) => {
    await authorize(engine, intentOf(...args));
    return method(...args);
  };
}

/** What is left of a name without what cannot be seen of it: case, width, spaces, signs without a look of their own. */
function plainName(name: string): string {
  const visible = name.normalize("NFKC").replace(/[\p{Default_Ignorable_Code_Point}\p{Cc}\p{Cf}]/gu, "");
  const folded = visible.toUpperCase().toLowerCase().normalize("NFKC");
  return folded.replace(/\s+/g, " ").trim();
}

function sameName(a: string, b: string): boolean {
  return plainName(a) === plainName(b);
}

/**
 * Refuses an approval by somebody who has written the plan, or where nobody knows who has; only where there is an authorizer, and it does
 * not allow it.
 *
 * @throws RegraftError `POLICY.SELF_APPROVAL`
 */
export function checkNotOwn(
  { authorizer, tenantId }: Engine,
  plan: { readonly id: string; readonly createdBy?: string; readonly amendedBy?: readonly string[] },
  by: string,
): void {
  if (authorizer === undefined || authorizer.allowsSelfApproval?.(tenantId) === true) return;
  const { id, createdBy, amendedBy = [] } = plan;
  const authors = createdBy === undefined ? amendedBy : [createdBy, ...amendedBy];
  if (createdBy !== undefined && !authors.some((author) => sameName(author, by))) return;
  throw new RegraftError("POLICY.SELF_APPROVAL", `${by} may not approve plan ${id}`, {
    path: "/by",
    expected: createdBy === undefined ? "a plan whose author is known" : `somebody other than ${authors.join(", ")}`,
    received: by,
  });
}
