import { describe, expect, it } from "vitest";
import { resolveConfig } from "../../src/config/config.js";
import { DEFAULTS } from "../../src/config/defaults.js";
import { isRegraftError } from "../../src/errors.js";
import { digestOf } from "../../src/hash/digest.js";
import { evidenceOf } from "../../src/ledger/evidence.js";
import { recordKinds, recordViolations, validateRecord } from "../../src/ledger/records.js";
import { migrationReport } from "../../src/ledger/report.js";
import { snapshotScenario } from "../../src/ledger/snapshot.js";
import type { LedgerEntry } from "../../src/ports/ledger.js";
import type { LedgerSigner } from "../../src/ports/ledger-signer.js";
import { makeBundle } from "../../src/tools/audit-bundle.js";
import { verifyBundle } from "../../src/tools/audit-verify.js";
import { checkReproduced, runManifest } from "../../src/tools/run-record.js";
import { bench, flow, roll, walk } from "../engine/helpers.js";

const at = "2026-03-01T09:00:00.000Z";
const secret = "jo@secret.example";

async function lived() {
  const made = bench();
  const [one, two] = [flow(1, "W > C"), flow(2, "W > E:email > C")];
  await made.regraft.publish(one);
  await walk(made.regraft, "s1", ["C"]);
  const plan = await roll(made.regraft, one, two);
  await made.regraft.reconcile("s1");
  await made.regraft.provide("s1", { email: secret });
  await made.regraft.reconcile("s1");
  const entries: LedgerEntry[] = [];
  for await (const { subject } of made.regraft.ledger.streams())
    for await (const entry of made.regraft.ledger.entries(subject)) entries.push(entry);
  return { ...made, plan, entries };
}

function codeOf(call: () => unknown): unknown {
  try {
    return call();
  } catch (error) {
    return isRegraftError(error) ? error.code : error;
  }
}

describe("records", () => {
  it("have the form of their schemas, and header and body that belong together", async () => {
    const { plan, entries } = await lived();
    const versions = { regraft: "1", node: "22" };
    const made = {
      "record-migration-report": migrationReport(plan.id, entries, at),
      "record-graph-snapshot": snapshotScenario(flow(1, "W > C")),
      "record-evidence-capsule": entries.flatMap((entry) => evidenceOf(entry) ?? [])[0],
      "record-run-manifest": runManifest(
        { runId: "run-1", at, createdAt: at, versions, config: DEFAULTS },
        { a: "1" },
        { decisions: "", sessions: 0 },
      ),
    } as const;
    for (const [kind, value] of Object.entries(made)) {
      const known = kind as keyof typeof made;
      expect(recordViolations(known, value)).toEqual([]);
      expect(validateRecord(known, value)).toBe(value);
      const { header, body } = value as { header: object; body: object };
      expect(codeOf(() => validateRecord(known, { header: { ...header, digest: digestOf(1) }, body }))).toBe(
        "ARTIFACT.DIGEST_MISMATCH",
      );
      expect(codeOf(() => validateRecord(known, { header: { ...header, kind: "other" }, body }))).toBe(
        "ARTIFACT.INVALID",
      );
      expect(codeOf(() => validateRecord(known, { header, body: { ...body, more: 1 } }))).toBe("ARTIFACT.INVALID");
      expect(codeOf(() => validateRecord(known, { body }))).toBe("ARTIFACT.INVALID");
    }
    for (const kind of recordKinds)
      for (const value of [{}, [], null, "x"]) expect(recordViolations(kind, value)).not.toEqual([]);
  });
});

describe("evidence", () => {
  it("is there for questions, detours, refusals and plans, names what they rest on, and no value of the person", async () => {
    const { plan, entries } = await lived();
    const capsules = entries.flatMap((entry) => evidenceOf(entry) ?? []);
    expect(capsules.map(({ body }) => body.type)).toEqual([
      "plan.proposed",
      "plan.approved",
      "plan.deployed",
      "plan.marked",
      "session.reconciled",
      "session.reconciled",
    ]);
    const [asked, moved] = capsules.slice(-2);
    expect(asked?.body.inputs).toMatchObject({
      from: plan.checksums.from,
      to: plan.checksums.to,
      [`plan ${plan.id}`]: plan.digest,
    });
    expect(asked?.body.outcome).toMatchObject({ action: "collect", fields: ["email"] });
    expect(moved?.body.outcome).toMatchObject({ action: "teleport", kind: "gap_fill" });
    expect(JSON.stringify(capsules)).not.toContain(secret);
  });
});

describe("a run", () => {
  it("is refused where the same inputs came to something else", () => {
    const run = { runId: "run-1", at, createdAt: at, versions: { regraft: "1", node: "22" } };
    const manifest = runManifest({ ...run, config: DEFAULTS }, {}, { decisions: "a\n", sessions: 1 });
    const other = resolveConfig({ notifyOnReRoute: false });
    expect(codeOf(() => checkReproduced(manifest, "b\n", DEFAULTS))).toBe("VERIFY.REPRODUCE_MISMATCH");
    expect(codeOf(() => checkReproduced(manifest, "a\n", other))).toBe("VERIFY.REPRODUCE_MISMATCH");
    expect(codeOf(() => checkReproduced(manifest, "a\n", DEFAULTS))).toBeUndefined();
  });
});

describe("a signed bundle", () => {
  it("is refused with another signature, or without one, where a signer is asked", async () => {
    const { regraft } = await lived();
    const signer: LedgerSigner = {
      sign: async (bytes) => ({ keyId: "k", value: String(bytes.length) }),
      verify: async (bytes, { value }) => value === String(bytes.length),
    };
    const source = { tenantId: "", ...regraft.ledger };
    const made = { at, regraft: "1" };
    const text = await makeBundle(source, {}, made, signer);
    expect(await verifyBundle(text, { signer })).toMatchObject({ signed: true });
    const other: LedgerSigner = { ...signer, verify: async () => false };
    const refused = (call: Promise<unknown>) =>
      call.then(
        () => "no error",
        (error: unknown) => isRegraftError(error) && error.code,
      );
    expect(await refused(verifyBundle(text, { signer: other }))).toBe("LEDGER.SIGNATURE_INVALID");
    expect(await refused(verifyBundle(await makeBundle(source, {}, made), { signer }))).toBe(
      "LEDGER.SIGNATURE_INVALID",
    );
    const flipped = text.replace('"keyId":"k"', '"keyId":"j"');
    expect(await refused(verifyBundle(flipped))).toBe("ARTIFACT.DIGEST_MISMATCH");
  });
});
