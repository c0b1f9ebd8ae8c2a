import { deepFreeze } from "../hash/freeze.js";
import type { Configuration } from "./configuration.js";

/**
 * What applies where the caller says nothing.
 *
 * Nothing reads `conversationTurns` and `retention` yet: they belong to the extraction from conversations and to the clean-up of
 * old versions and plans, which arrive later. `extraction.enabled` only lets sources of kind `conversation` be asked or not.
 *
 * @public
 */
export const DEFAULTS: Configuration = deepFreeze({
  enabled: true,
  autoMark: true,
  requireApproval: true,
  extraction: { enabled: true },
  reRouting: { enabled: true },
  notifyOnReRoute: true,
  notifyTemplate: "Our process has changed since we last spoke. We continue with: {step}.",
  thresholds: { use: 0.85, withoutConfirmation: 0.95 },
  conversationTurns: 20,
  retention: { versionDays: 7, planDays: 30 },
  historyLimit: 200,
  markPageSize: 1000,
  log: { cleanGrafts: false, gapFills: true, reRoutes: true },
  limits: { maxSteps: 100_000, maxConditionLength: 4096, maxVariableBytes: 1_048_576, sourceTimeoutMs: 5000 },
});
