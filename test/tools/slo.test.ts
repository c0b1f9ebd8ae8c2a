import { describe, expect, it } from "vitest";
import { computeIndicators, evaluateAlerts, judgeObjectives, type LedgerEntry } from "../../src/index.js";
import { alertRules } from "../../src/tools/alerts.js";

let seq = 0;

function entry(type: string, data: LedgerEntry["data"], subject = { kind: "session", id: "s1" }): LedgerEntry {
  seq += 1;
  const at = new Date(Date.parse("2026-03-01T00:00:00Z") + seq).toISOString();
  return { type, at, data, subject: { tenantId: "", ...subject }, seq, digest: "sha256:0", hash: "sha256:0" };
}

const moved = () => entry("session.reconciled", { action: "teleport", kind: "clean_graft" });
const lost = (id: string, attempts = 1) => entry("dead_letter.parked", { id, attempts }, { kind: "dead-letter", id });
const many = (count: number, make: () => LedgerEntry) => Array.from({ length: count }, make);

async function verdicts(entries: readonly LedgerEntry[]) {
  return Object.fromEntries(
    judgeObjectives(await computeIndicators(entries)).map(({ name, status }) => [name, status]),
  );
}

async function firing(entries: readonly LedgerEntry[]) {
  const all = evaluateAlerts(await computeIndicators(entries));
  return all.filter(({ status }) => status === "firing").map(({ rule }) => rule.id);
}

describe("service levels of a ledger", () => {
  it("are met with one session of a thousand that could not be decided about, and missed with two", async () => {
    const one = await computeIndicators([...many(999, moved), lost("a")]);
    expect(one.availability).toEqual({ value: 0.999, good: 999, total: 1000 });
    expect(await verdicts([...many(999, moved), lost("a")])).toMatchObject({ availability: "met" });
    expect(await verdicts([...many(998, moved), lost("a"), lost("b")])).toMatchObject({ availability: "missed" });
  });

  it("are not met where nothing was measured", async () => {
    expect(await verdicts([])).toEqual({
      ...{ availability: "no_data", flow: "no_data", evidence: "no_data", safety: "no_data" },
    });
    expect(evaluateAlerts(await computeIndicators([])).map(({ status }) => status)).toEqual(Array(4).fill("no_data"));
  });

  it("count refusals against the flow, and what has no evidence against the evidence", async () => {
    const blocked = entry("session.reconciled", { action: "blocked", reasons: ["CHECKPOINT.WOULD_SKIP"] });
    const { flow, evidence } = await computeIndicators([moved(), blocked]);
    expect([flow.value, evidence.value]).toEqual([0.5, 0]);
    const proven = { ...blocked, data: { ...blocked.data, evidence: { revision: "1" } } };
    expect((await computeIndicators([proven])).evidence.value).toBe(1);
  });

  it("count a value that a model may have read as unproven unless it names what let it through", async () => {
    const filled = (found: object) =>
      entry("session.reconciled", {
        action: "teleport",
        kind: "gap_fill",
        evidence: { revision: "1" },
        found: [found],
      });
    const said = { field: "email", source: "chat", kind: "conversation", confidence: 0.9 };
    const gate = { use: 0.85, withoutConfirmation: 0.95 };
    const shares = [said, { ...said, kind: "tool", model: "m" }, { ...said, gate }, { ...said, kind: "profile" }].map(
      async (found) => (await computeIndicators([filled(found)])).evidence.value,
    );
    expect(await Promise.all(shares)).toEqual([0, 0, 1, 1]);
  });

  it("are missed by a single sign that a protection was broken", async () => {
    const broken = entry("gate.decided", { reasons: ["LEDGER.CHAIN_BROKEN"] });
    expect(await verdicts([...many(5000, moved), broken])).toMatchObject({ safety: "missed" });
  });

  it("look at the window alone, but know which letters are open", async () => {
    const letter = lost("a");
    const late = { ...moved(), at: "2026-04-01T00:00:00.000Z" };
    const window = { since: "2026-04-01T00:00:00Z", until: "2026-04-02T00:00:00Z" };
    expect(await computeIndicators([letter, moved(), late], window)).toMatchObject({
      ...{ entries: 1, openDeadLetters: 1, availability: { total: 1 } },
    });
    const settled = entry("dead_letter.resolved", {}, { kind: "dead-letter", id: "a" });
    expect((await computeIndicators([letter, settled])).openDeadLetters).toBe(0);
  });
});

describe("alerts", () => {
  it("fire beyond a failed share of 0.05 and ten retries, not at them", async () => {
    const settled = entry("dead_letter.resolved", {}, { kind: "dead-letter", id: "a" });
    expect(await firing([...many(95, moved), ...many(5, () => lost("a")), settled])).toEqual([]);
    expect(await firing([...many(94, moved), ...many(6, () => lost("a")), settled])).toEqual(["failures"]);
    const tried = (attempts: number) =>
      entry("session.reconciled", { action: "teleport", kind: "clean_graft", attempts });
    expect(await firing([tried(11)])).toEqual([]);
    expect(await firing([tried(12)])).toEqual(["retries"]);
  });

  it("call for who looks at dead letters", async () => {
    expect(await firing([...many(99, moved), lost("a")])).toEqual(["dead-letters"]);
  });

  it("take rules of a file, and refuse what is none", async () => {
    const rule = {
      id: "x",
      number: "flow",
      when: "below",
      limit: 0.9,
      minSample: 10,
      severity: "warning",
      runbook: "look",
    };
    const [verdict] = evaluateAlerts(await computeIndicators([moved()]), alertRules([rule]));
    expect(verdict).toMatchObject({ status: "no_data", sample: 1 });
    expect(() => alertRules([{ ...rule, number: "nothing" }])).toThrow("INPUT.INVALID");
    expect(() => alertRules([{ ...rule, extra: 1 }])).toThrow("INPUT.INVALID");
    expect(() => alertRules([])).toThrow("INPUT.INVALID");
    expect(() => alertRules(Array(10_000_000).fill(1))).toThrow("INPUT.INVALID");
  });
});
