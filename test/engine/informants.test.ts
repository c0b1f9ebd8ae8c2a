import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { FieldFinding, FieldSource, Judge, LogFields, Scenario } from "../../src/index.js";
import { bench, flow, roll, walk } from "./helpers.js";

const v1 = flow(1, "A > B > C");
const asking = flow(2, "A > N:email,phone > B > C");
const judged = flow(2, "A > F", "F > R {is angry}", "F > B", "B > C");

interface Line {
  readonly fields: LogFields;
  readonly message: string;
}

async function walking(to: Scenario, given: object = {}) {
  const warnings: Line[] = [];
  const quiet = () => {};
  const warn = (fields: LogFields, message: string) => void warnings.push({ fields, message });
  const made = bench({ logger: { debug: quiet, info: quiet, error: quiet, warn }, ...given });
  await made.regraft.publish(v1);
  await walk(made.regraft, "s1", ["B", "C"]);
  await roll(made.regraft, v1, to);
  return { ...made, warnings };
}

function saying(answer: unknown, name = "crm"): FieldSource {
  return { name, kind: "profile", find: async () => answer as FieldFinding[] };
}

const good: FieldFinding = { field: "phone", value: "+44 20 7946 0018", confidence: 1 };
const secret = "jo@secret.example";

describe("a source that returns garbage", () => {
  it.each([
    [null, "it returned nothing, not an array"],
    [undefined, "it returned nothing, not an array"],
    [{ field: "email", value: secret, confidence: 1 }, "it returned an object, not an array"],
    [secret, "it returned a text, not an array"],
    [7, "it returned a number, not an array"],
  ])("instead of a list has found nothing (case %#)", async (answer, why) => {
    const { regraft, warnings } = await walking(asking, { fieldSources: [saying(answer), saying([good], "erp")] });
    expect(await regraft.reconcile("s1")).toMatchObject({ action: "collect", fields: ["email"] });
    const message = "a finding of a field source cannot be used";
    expect(warnings).toEqual([{ message, fields: { sessionId: "s1", tenantId: "", source: "crm", why } }]);
    expect(JSON.stringify(warnings)).not.toContain(secret);
  });

  it("in which a text was cut inside a character loses that character only, and a value nothing else", async () => {
    const cut = { field: "note", value: "fine", confidence: 0.9, quote: "fine \ud83d", model: "m\ud83d" };
    const broken = { field: "phone", value: "\ud83d", confidence: 1 };
    const to = flow(2, "A > N:note > M:phone > B > C");
    const { regraft } = await walking(to, { fieldSources: [saying([cut, broken])] });
    for (const _ of [1, 2]) {
      expect(await regraft.reconcile("s1")).toMatchObject({ action: "confirm", field: "note", quote: "fine \ufffd" });
    }
    expect(await regraft.confirm("s1", { note: true })).toMatchObject({ action: "collect", fields: ["phone"] });
  });

  const email = { field: "email", value: secret, confidence: 1 };
  const cyclic: Record<string, unknown> = {};
  cyclic.self = cyclic;

  it.each<[unknown, string | undefined, string]>([
    [null, undefined, "nothing is no finding"],
    [secret, undefined, "a text is no finding"],
    [[email], undefined, "an array is no finding"],
    [{ value: secret, confidence: 1 }, undefined, "it names no field"],
    [{ ...email, field: 7 }, undefined, "it names no field"],
    [{ ...email, confidence: Number.NaN }, "email", "its confidence is NaN, not a number from 0 to 1"],
    [{ ...email, confidence: 7 }, "email", "its confidence is 7, not a number from 0 to 1"],
    [{ ...email, confidence: -0.1 }, "email", "its confidence is -0.1, not a number from 0 to 1"],
    [{ ...email, confidence: "1" }, "email", "its confidence is a text, not a number from 0 to 1"],
    [{ field: "email", value: secret }, "email", "its confidence is nothing, not a number from 0 to 1"],
    [{ ...email, quote: 7 }, "email", "its quote is no text of at most 100000 characters"],
    [{ field: "email", confidence: 1 }, "email", "nothing is not a email as defined"],
    [{ ...email, value: "nobody" }, "email", "a text is not a email as defined"],
    [{ ...email, value: { secret } }, "email", "an object is not a email as defined"],
    [{ ...email, value: cyclic }, "email", "an object is not a email as defined"],
  ])("among what it found has found the rest (case %#)", async (item, field, why) => {
    const { regraft, warnings } = await walking(asking, { fieldSources: [saying([item, good])] });
    expect(await regraft.reconcile("s1")).toMatchObject({ action: "collect", fields: ["email"] });
    expect((await regraft.session("s1")).migration?.found).toMatchObject([{ field: "phone", value: good.value }]);
    const named = field === undefined ? {} : { field };
    expect(warnings.map(({ fields }) => fields)).toEqual([
      { sessionId: "s1", tenantId: "", source: "crm", ...named, why },
    ]);
    expect(JSON.stringify(warnings)).not.toContain("secret");
  });

  it.each([
    [1n, "a bigint"],
    [cyclic, "an object"],
    [new Date(0), "an object"],
    [() => 1, "a function"],
  ])("for a field that the version does not define has found nothing (case %#)", async (value, what) => {
    const loose = { ...asking, fields: [] };
    const source = saying([{ field: "email", value, confidence: 1 }]);
    const { regraft, warnings } = await walking(loose, { fieldSources: [source] });
    expect(await regraft.reconcile("s1")).toMatchObject({ action: "collect", fields: ["email", "phone"] });
    expect(warnings[0]?.fields).toMatchObject({ field: "email", why: `${what} is not a value that is not empty` });
  });

  it("about fields that nobody asked for is not even worth a warning", async () => {
    const source = saying([{ field: "shoeSize", value: 42, confidence: 9 }, good]);
    const { regraft, warnings } = await walking(asking, { fieldSources: [source] });
    expect(await regraft.reconcile("s1")).toMatchObject({ fields: ["email"] });
    expect(warnings).toEqual([]);
  });

  it.each([
    [() => Promise.reject(new Error("no connection")), "Error: no connection"],
    [
      () => {
        throw Object.create(null);
      },
      "an object",
    ],
  ])("or fails in any way never stops the message (case %#)", async (find, error) => {
    const { regraft, warnings } = await walking(asking, { fieldSources: [{ ...saying([]), find }] });
    expect(await regraft.reconcile("s1")).toMatchObject({ action: "collect", fields: ["email", "phone"] });
    expect(warnings).toEqual([
      {
        message: "a field source failed",
        fields: { sessionId: "s1", tenantId: "", source: "crm", fields: ["email", "phone"], error },
      },
    ]);
  });
});

describe("a judge that returns garbage", () => {
  it.each([
    [null, "nothing"],
    ["yes", "a text"],
    [1, "a number"],
    [{}, "an object"],
  ])("leaves the condition undecided (case %#)", async (verdict, what) => {
    const judge = { judge: async () => verdict as unknown as boolean };
    const { regraft, warnings } = await walking(judged, { judge });
    expect(await regraft.reconcile("s1")).toMatchObject({ action: "review", reason: "DECISION.UNKNOWN" });
    expect(warnings[0]).toEqual({
      message: "a verdict of the judge cannot be used",
      fields: {
        sessionId: "s1",
        tenantId: "",
        condition: "is angry",
        why: `it returned ${what}, not true, false or "unknown"`,
      },
    });
  });
});

describe("what a judge is told", () => {
  it.each(["", null, "old"])("is the value that was found where the session's own, %j, is none", async (age) => {
    const told: unknown[] = [];
    const judge: Judge = { judge: async ({ data }) => told.push(data) < 0 };
    const to = flow(2, "A > N:age > F", "F > R:note {is angry}", "F > B", "B > C", "R > B");
    const { regraft } = await walking(to, {
      judge,
      fieldSources: [saying([{ field: "age", value: 40, confidence: 1 }])],
    });
    await regraft.update("s1", { variables: { age } });
    expect(await regraft.reconcile("s1")).toMatchObject({ action: "teleport" });
    expect(told.at(-1)).toEqual({ age: 40 });
  });
});

describe("who never answers", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  const never = () => new Promise<never>(() => {});
  const silent: FieldSource = { name: "slow", kind: "profile", find: never };

  it("is not waited for longer than five seconds, and the others are asked", async () => {
    const { regraft, warnings } = await walking(asking, { fieldSources: [silent, saying([good])] });
    let result: unknown;
    const call = regraft.reconcile("s1").then((value) => {
      result = value;
    });
    await vi.advanceTimersByTimeAsync(4999);
    expect(result).toBeUndefined();
    await vi.advanceTimersByTimeAsync(1);
    await call;
    expect(result).toMatchObject({ action: "collect", fields: ["email"] });
    expect(warnings).toEqual([
      {
        message: "a field source was late",
        fields: {
          sessionId: "s1",
          tenantId: "",
          source: "slow",
          fields: ["email", "phone"],
          why: "no answer within 5000 ms",
        },
      },
    ]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("is waited for as long as the configuration says", async () => {
    const config = { limits: { sourceTimeoutMs: 20 } };
    const { regraft } = await walking(asking, { fieldSources: [silent], config });
    const call = regraft.reconcile("s1");
    await vi.advanceTimersByTimeAsync(20);
    expect(await call).toMatchObject({ action: "collect" });
  });

  it("is not asked again for the same decision", async () => {
    let asked = 0;
    const find = () => {
      asked += 1;
      return never();
    };
    const twice = flow(2, "A > N:email > F", "F > R [age < 18]", "F > B", "B > C");
    const { regraft } = await walking(twice, { fieldSources: [{ ...silent, find }] });
    const call = regraft.reconcile("s1");
    await vi.advanceTimersByTimeAsync(5000);
    expect(await call).toMatchObject({ action: "collect" });
    expect(asked).toBe(1);
  });

  it("may fail afterwards without anybody noticing", async () => {
    const unhandled = vi.fn();
    process.on("unhandledRejection", unhandled);
    const find = () => new Promise<never>((_, fail) => setTimeout(() => fail(new Error("too late")), 6000));
    const { regraft } = await walking(asking, { fieldSources: [{ ...silent, find }] });
    const call = regraft.reconcile("s1");
    await vi.advanceTimersByTimeAsync(7000);
    expect(await call).toMatchObject({ action: "collect" });
    vi.useRealTimers();
    await new Promise((done) => setTimeout(done, 5));
    process.off("unhandledRejection", unhandled);
    expect(unhandled).not.toHaveBeenCalled();
  });

  it("may be the judge", async () => {
    const judge: Judge = { judge: never };
    const { regraft, warnings } = await walking(judged, { judge });
    const call = regraft.reconcile("s1");
    await vi.advanceTimersByTimeAsync(5000);
    expect(await call).toMatchObject({ action: "review", reason: "DECISION.UNKNOWN" });
    expect(warnings[0]).toEqual({
      message: "the judge was late",
      fields: { sessionId: "s1", tenantId: "", condition: "is angry", why: "no answer within 5000 ms" },
    });
  });

  it("leaves no timer behind where everybody is quick", async () => {
    const { regraft } = await walking(asking, { fieldSources: [saying([good])] });
    await regraft.reconcile("s1");
    expect(vi.getTimerCount()).toBe(0);
  });
});
