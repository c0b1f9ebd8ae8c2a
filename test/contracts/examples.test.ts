import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { contractKinds, violations } from "../../src/contracts/validate.js";

const folder = new URL("../../examples/contracts/", import.meta.url);
const filesOf = (kind: string) => readdirSync(new URL(`${kind}/`, folder)).sort();
const read = (kind: string, file: string): unknown =>
  JSON.parse(readFileSync(new URL(`${kind}/${file}`, folder), "utf8"));

/** Where the one fault of each invalid example is. */
const faults: Record<string, Record<string, string>> = {
  "access-policy": {
    "empty-principals": "/rules/0/principals",
    "inline-predicate": "/rules/0/when",
    "unknown-effect": "/rules/0/effect",
    "without-actions": "/rules/0/actions",
  },
  configuration: {
    "blocks-cannot-be-silenced": "/log/blocks",
    "checkpoint-switch": "/checkpointProtection",
    "no-history": "/historyLimit",
    "switch-as-text": "/enabled",
    "threshold-above-one": "/thresholds/use",
  },
  "data-change": {
    "convert-to-unknown-type": "/to",
    "default-without-value": "/value",
    "unknown-op": "/op",
    "value-in-rename": "/value",
    "without-op": "/op",
  },
  decision: {
    "competing-confidence": "/competing/0/confidence",
    "blocked-with-candidates": "/candidates",
    "collect-nothing": "/fields",
    "needs-is-not-stored": "/action",
    "teleport-without-witness": "/witness",
    "unknown-action": "/action",
    "unknown-reason": "/reasons/0",
    "without-reply-binding": "/replyBinding",
  },
  field: {
    "source-nobody": "/source",
    "unknown-property": "/mandatory",
    "unknown-type": "/type",
    "without-name": "/name",
  },
  "gate-decision": {
    "allow-with-reasons": "/reasons",
    confidence: "/confidence",
    "deny-without-reasons": "/reasons",
    "hold-without-reasons": "/reasons",
    "metric-without-sample": "/metrics/blockedRatio/sample",
    "no-guards": "/guards",
    "stop-without-reasons": "/reasons",
    "unknown-decision": "/decision",
    "unknown-reason": "/reasons/0",
  },
  "guard-set": {
    empty: "/guards",
    id: "/guards/0/id",
    "unknown-reason": "/guards/0/reason",
    "unknown-stage": "/guards/0/stages/0",
  },
  "lint-finding": { "unknown-code": "/code", "unknown-severity": "/severity", "without-message": "/message" },
  plan: {
    "digest-of-other-form": "/digest",
    "effect-undecided": "/effects/pay-fee",
    "policy-with-unknown-key": "/policies/*/update",
    "unknown-data-change": "/data/0/op",
    "unknown-status": "/status",
    "without-summary": "/summary",
  },
  "plan-rollout": {
    "above-hundred": "/waves/1",
    "no-waves": "/waves",
    "ratio-above-one": "/maxFailureRatio",
    "unknown-key": "/steps",
  },
  "plan-contract": {
    "card-without-what": "/card/what",
    "evidence-outside": "/requiredEvidence/0",
    "evidence-with-drive": "/requiredEvidence/0",
    "ratio-above-one": "/budgets/maxBlockedRatio",
    "unknown-budget": "/budgets/maxTimeMinutes",
  },
  policy: {
    "checkpoint-switch": "/checkpointProtection",
    "negative-age": "/scope/minAgeMs",
    "unknown-kind": "/forceKind",
    "unknown-scope-key": "/scope/includeTenants",
  },
  "reason-codes": {
    "code-in-lower-case": "/codes/session.conflict",
    "empty-message": "/codes/SESSION.CONFLICT/message",
    "unknown-class": "/codes/SESSION.CONFLICT/class",
    "without-hint": "/codes/SESSION.CONFLICT/hint",
  },
  result: {
    "competing-without-source": "/competing/0/source",
    "exit-without-message": "/userMessage",
    "pending-as-text": "/pending",
    "without-action": "/action",
    "without-position": "/position",
    "wrapped-decision": "/action",
  },
  scenario: {
    "empty-step-id": "/steps/0/id",
    "fractional-priority": "/transitions/1/priority",
    "transition-without-target": "/transitions/0/to",
    "unknown-step-property": "/steps/1/onEnter",
    "version-zero": "/version",
    "without-steps": "/steps",
  },
  session: {
    "asked-without-time": "/migration/asked/coSignerName",
    "checksum-uppercase": "/scenarioChecksum",
    "competing-without-value": "/migration/found/0/competing/0/value",
    "confidence-above-one": "/migration/found/0/confidence",
    "lineage-change-without-plan": "/lineage/stayLength/changes/0/planDigest",
    "lineage-kind": "/lineage/stayLength/kind",
    "lineage-without-digest": "/lineage/stayLength/wrote",
    "outbox-no-list": "/outbox",
    "profile-item-without-customer": "/outbox/0/customerId",
    "profile-take-back-value": "/outbox/1/takeBack/0/wrote",
    "profile-write-found-at": "/outbox/0/write/0/foundAt",
    "reason-outside-catalogue": "/migration/reason",
    "revision-zero": "/revision",
    "unknown-status": "/status",
    "without-checkpoints": "/passedCheckpoints",
  },
  summary: {
    "count-as-text": "/affectedSessions/byStep/income",
    "negative-count": "/inserted",
    "uncounted-without-flag": "/affectedSessions/counted",
    "unknown-kind": "/anchors/blocked",
  },
  "transformation-map": {
    "kind-called-scenario": "/anchors/0/kind",
    "negative-index": "/transitions/0/index",
    "pair-without-evidence": "/pairs/0/evidence",
    "without-checksum": "/to/checksum",
  },
  visit: { "hash-without-recipe": "/contentHash", "local-time": "/enteredAt", "unknown-reason": "/reason" },
  witness: {
    "transition-without-cause": "/run/1/via/because",
    "unknown-status": "/run/0/status",
    "without-target": "/target",
  },
};

describe("examples of the contracts", () => {
  it("exist for every kind, valid and invalid", () => {
    expect(readdirSync(folder).sort()).toEqual([...contractKinds].sort());
    for (const kind of contractKinds) {
      expect(filesOf(kind)).toContain("valid.json");
      expect(filesOf(kind).filter((file) => file.startsWith("invalid-")).length, kind).toBeGreaterThanOrEqual(1);
    }
  });

  for (const kind of contractKinds) {
    const files = filesOf(kind);
    it.each(files.filter((file) => file.startsWith("valid")))(`${kind}/%s is valid`, (file) => {
      expect(violations(kind, read(kind, file))).toEqual([]);
    });
    it.each(files.filter((file) => !file.startsWith("valid")))(`${kind}/%s has its one fault`, (file) => {
      const name = file.replace(/^invalid-|\.json$/g, "");
      expect(violations(kind, read(kind, file)).map((violation) => violation.path)).toEqual([faults[kind]?.[name]]);
    });
    it(`${kind} has no listed fault without an example`, () => {
      const named = files.filter((file) => file.startsWith("invalid-")).map((file) => file.slice(8, -5));
      expect(Object.keys(faults[kind] ?? {}).sort()).toEqual(named);
    });
  }
});
