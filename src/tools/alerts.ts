import { z } from "zod";
import { RegraftError } from "../errors.js";
import type { Indicators } from "./slo.js";

const numbers = [
  "failRatio",
  "retries",
  "openDeadLetters",
  "availability",
  "flow",
  "evidence",
  "safety",
  "determinism",
] as const;

/** Numbers that a rule may watch; those of shares are from 0 to 1. */
export type AlertNumber = (typeof numbers)[number];

/**
 * A rule that fires where a measured number is beyond a limit.
 *
 * @since 0.2.0
 * @public
 */
export interface AlertRule {
  readonly id: string;
  readonly number: AlertNumber;
  /** Fires strictly beyond the limit. */
  readonly when: "above" | "below";
  readonly limit: number;
  /** Things that a share has to be measured on before it counts; 1 if absent. */
  readonly minSample?: number;
  readonly severity: "warning" | "critical";
  /** What to do, for whoever is called. */
  readonly runbook: string;
}

/** What became of a rule. */
export interface AlertVerdict {
  readonly rule: AlertRule;
  readonly status: "ok" | "firing" | "no_data";
  readonly value?: number;
  readonly sample?: number;
}

/**
 * Rules that apply where nobody gives others.
 *
 * @since 0.2.0
 * @public
 */
export const defaultAlerts: readonly AlertRule[] = Object.freeze<AlertRule[]>([
  {
    id: "failures",
    number: "failRatio",
    when: "above",
    limit: 0.05,
    severity: "critical",
    runbook: "List the dead letters, mend what they have in common, retry them.",
  },
  {
    id: "retries",
    number: "retries",
    when: "above",
    limit: 10,
    severity: "warning",
    runbook: "Look for what writes to the same sessions, and for a store that fails now and then.",
  },
  {
    id: "dead-letters",
    number: "openDeadLetters",
    when: "above",
    limit: 0,
    severity: "warning",
    runbook: "regraft dlq list, then retry or drop each.",
  },
  {
    id: "safety",
    number: "safety",
    when: "below",
    limit: 1,
    severity: "critical",
    runbook: "Stop deployments, verify the ledger, keep the evidence.",
  },
]);

const mostRules = 1000;

const shape = z.array(
  z.strictObject({
    id: z.string().min(1).max(200),
    number: z.enum(numbers),
    when: z.enum(["above", "below"]),
    limit: z.number(),
    minSample: z.number().int().min(1).optional(),
    severity: z.enum(["warning", "critical"]),
    runbook: z.string().min(1).max(1000),
  }),
);

/**
 * Checks rules from a file.
 *
 * @throws RegraftError `INPUT.INVALID` with the place of the first fault
 */
export function alertRules(value: unknown): readonly AlertRule[] {
  // Before each of them is looked at: no rule would never fire, and too many would take too long.
  if (Array.isArray(value) && (value.length === 0 || value.length > mostRules)) {
    throw new RegraftError("INPUT.INVALID", "the alert rules cannot be used", {
      path: "",
      expected: `1 to ${mostRules} rules`,
      received: `${value.length} of them`,
    });
  }
  const read = shape.safeParse(value);
  if (read.success) return read.data.map(({ minSample, ...rule }) => ({ ...rule, ...(minSample && { minSample }) }));
  const [issue] = read.error.issues;
  const path = (issue?.path ?? []).map((key) => `/${String(key)}`).join("");
  throw new RegraftError("INPUT.INVALID", "the alert rules cannot be used", {
    path,
    expected: issue?.message ?? "a list of rules",
    received: "something else",
  });
}

/**
 * Holds measured numbers against rules. A share that was measured on too little is `no_data`, never `ok`.
 *
 * @since 0.2.0
 * @public
 */
export function evaluateAlerts(
  indicators: Indicators,
  rules: readonly AlertRule[] = defaultAlerts,
): readonly AlertVerdict[] {
  return rules.map((rule) => {
    const measured = indicators[rule.number];
    if (measured === undefined) return { rule, status: "no_data" };
    const { value, total: sample } =
      typeof measured === "number" ? { value: measured, total: indicators.entries } : measured;
    if (value === undefined || sample < (rule.minSample ?? 1)) return { rule, status: "no_data", sample };
    const isBeyond = rule.when === "above" ? value > rule.limit : value < rule.limit;
    return { rule, status: isBeyond ? "firing" : "ok", value, sample };
  });
}
