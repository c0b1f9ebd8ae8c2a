import { deepFreeze } from "../hash/freeze.js";
import type { Configuration } from "./configuration.js";

/**
 * What applies where the caller says nothing.
 *
 * @public
 */
export const DEFAULTS: Configuration = deepFreeze({
  enabled: true,
  autoMark: true,
  requireApproval: true,
  extraction: { enabled: true, sensitive: false },
  reRouting: { enabled: true },
  notifyOnReRoute: true,
  notifyTemplate: "Our process has changed since we last spoke. We continue with: {step}.",
  thresholds: { use: 0.85, withoutConfirmation: 0.95, judge: 0.85 },
  conversationTurns: 20,
  retention: { versionDays: 7, planDays: 30 },
  historyLimit: 200,
  markPageSize: 10_000,
  log: { cleanGrafts: false, gapFills: true, reRoutes: true },
  limits: {
    maxSteps: 100_000,
    maxConditionLength: 4096,
    maxVariableBytes: 1_048_576,
    sourceTimeoutMs: 5000,
    maxAttempts: 3,
  },
  breaker: { failures: 5, windowMs: 60_000, openMs: 30_000 },
  security: {
    redactRecords: true,
    refuseSecretsInDocuments: true,
    rejectTraversal: true,
    redactNames: [],
    exemptNames: [],
  },
});
