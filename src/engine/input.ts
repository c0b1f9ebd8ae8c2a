import type { JsonObject, Timestamp } from "../contracts/types.js";
import { isRegraftError, RegraftError } from "../errors.js";
import { canonicalJson } from "../hash/canonical-json.js";
import { frozenCopy } from "../hash/frozen-copy.js";
import { kindOf } from "./by.js";

/** Refuses what is no object that holds values by name. */
export function requireObject(value: unknown, path: string): asserts value is object {
  const isText = Object.prototype.toString.call(value) === "[object Object]";
  if (typeof value === "object" && value !== null && isText) return;
  throw new RegraftError("INPUT.INVALID", `${path === "" ? "the input" : path} is not an object`, {
    path,
    expected: "an object",
    received: kindOf(value),
  });
}

/** Refuses values that no store can keep or no digest can cover: what is not JSON, however deep, half characters among it. */
export function checkJson(value: unknown, path: string): void {
  try {
    canonicalJson(frozenCopy(value));
  } catch (error) {
    if (!isRegraftError(error, "INPUT.INVALID")) throw error;
    const { path: inner = "", expected = "a JSON value", received = "something else" } = error.details;
    const where = `${path}${inner}`;
    throw new RegraftError("INPUT.INVALID", `${where} is not JSON: ${received}`, { path: where, expected, received });
  }
}

/** Refuses variables that are no JSON object; none at all are fine. */
export function checkVariables(variables: unknown): asserts variables is JsonObject | undefined {
  if (variables === undefined) return;
  requireObject(variables, "/variables");
  checkJson(variables, "/variables");
}

/** A day and time that the calendar has, in UTC. */
export function checkTimestamp(text: unknown, path: string): asserts text is Timestamp {
  const form = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,3})?Z$/;
  const ms = typeof text === "string" && form.test(text) ? Date.parse(text) : Number.NaN;
  const seconds = "2026-03-01T09:00:00".length;
  if (!Number.isNaN(ms) && new Date(ms).toISOString().slice(0, seconds) === String(text).slice(0, seconds)) return;
  throw new RegraftError("INPUT.INVALID", `${path} is not a point in time`, {
    path,
    expected: "a UTC timestamp such as 2026-03-01T09:30:00.000Z",
    received: kindOf(text),
  });
}

/** Refuses what cannot name a tenant. */
export function checkTenantId(tenantId: unknown): asserts tenantId is string {
  if (typeof tenantId === "string" && tenantId.length <= 512) return;
  throw new RegraftError("INPUT.INVALID", "the id of the tenant cannot be used", {
    path: "/tenantId",
    expected: "a text of at most 512 characters",
    received: typeof tenantId === "string" ? `${tenantId.length} characters` : kindOf(tenantId),
  });
}
