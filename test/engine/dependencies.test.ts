import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  createRegraft,
  type GateContext,
  type Regraft,
  RegraftError,
  type RegraftOptions,
  resilientStore,
  type Session,
  withFallback,
} from "../../src/index.js";
import type { RecordStore } from "../../src/ports/record-store.js";
import type { SessionStore } from "../../src/ports/session-store.js";
import { memoryStore } from "../../src/stores/memory.js";
import { sequentialIds } from "../../src/testing/ids.js";
import { flow, roll, walk } from "./helpers.js";

type Store = SessionStore & RecordStore;
type Work = (...args: readonly unknown[]) => unknown;

const v1 = flow(1, "A > B > C");
const asking = flow(2, "A > N:email,tel > B > C");
const judged = flow(2, "A > N > B > C", "A > F {the person is calm}", "F > M:email > B");
const timeoutMs = 1000;

/** Ways in which something that was called does not do its work. */
const failures: Readonly<Record<string, (signalOf: () => AbortSignal | undefined) => unknown>> = {
  "throws at once": () => {
    throw new TypeError("down");
  },
  rejects: () => Promise.reject(new Error("down")),
  "throws what is no error": () => {
    throw null;
  },
  "never answers": () => new Promise(() => undefined),
  "rejects once it is aborted, long after": (signalOf) =>
    new Promise((_, reject) => {
      const signal = signalOf();
      signal?.addEventListener("abort", () => reject(new Error("aborted")));
    }),
  "answers nothing": () => undefined,
  "answers with something else": () => Promise.resolve([{ field: 7, value: () => 1 }, null, "x", 9n]),
  "answers with what throws when it is looked at": () =>
    Promise.resolve(
      new Proxy([], {
        get: (_, name) => {
          if (name === "then") return undefined;
          throw new Error("hands off");
        },
      }),
    ),
  "answers with 100 MB": () => Promise.resolve([{ field: "tel", value: "x".repeat(100 * 1024 * 1024), confidence: 1 }]),
};

const signalIn = (args: readonly unknown[]) => () => {
  const [first] = args;
  const signal = typeof first === "object" && first !== null && "signal" in first ? first.signal : undefined;
  return signal instanceof AbortSignal ? signal : undefined;
};

/** What the engine calls that is not its own, and how it is put before the engine. */
type Ports = Partial<Omit<RegraftOptions, "store" | "sessions" | "records">>;
const dependencies: Readonly<Record<string, (work: Work) => Ports>> = {
  "a profile": (work) => ({ fieldSources: [{ name: "crm", kind: "profile", find: async (r) => work(r) as never }] }),
  "a profile that is not even asynchronous": (work) => ({
    fieldSources: [{ name: "crm", kind: "profile", find: (r) => work(r) as never }],
  }),
  "a tool": (work) => ({ fieldSources: [{ name: "tool", kind: "tool", find: (r) => work(r) as never }] }),
  "an extractor": (work) => ({
    fieldSources: [{ name: "words", kind: "conversation", find: (r) => work(r) as never }],
  }),
  "a judge": (work) => ({ judge: { judge: (r) => work(r) as never } }),
  "a locale": (work) => ({ locale: (s) => work(s) as never }),
  "a time zone": (work) => ({ timeZone: (s) => work(s) as never }),
  prompts: (work) => ({ prompts: (q) => work(q) as never }),
  "a logger": (work) => {
    const line = () => work() as never;
    // A source that fails gives it something to tell.
    const crm = { name: "crm", kind: "profile" as const, find: async () => Promise.reject(new Error("away")) };
    return { logger: { debug: line, info: line, warn: line, error: line }, fieldSources: [crm] };
  },
  "a schema of a field": (work) => ({
    fieldSources: [
      { name: "crm", kind: "profile", find: async () => [{ field: "tel", value: "+4930123456", confidence: 1 }] },
    ],
    fieldValidators: { tel: { "~standard": { validate: (value) => work(value) as never } } },
  }),
  telemetry: (work) => ({ telemetry: { span: () => work() as never, measure: () => work() as never } }),
};

beforeEach(() => void vi.useFakeTimers({ now: Date.parse("2026-03-01T09:00:00Z") }));
afterEach(() => void vi.useRealTimers());

/** A session marked for a version that asks for fields, or whose way a judge decides. */
async function world(to = asking): Promise<{ store: Store; before: Session }> {
  const store = memoryStore();
  const regraft = createRegraft({ store, ids: sequentialIds() });
  await regraft.publish(v1);
  await walk(regraft, "s1", ["B", "C"]);
  await roll(regraft, v1, to);
  return { store, before: await regraft.session("s1") };
}

const config = { limits: { sourceTimeoutMs: timeoutMs } };

async function atMessage(regraft: Regraft) {
  const from = Date.now();
  const call = regraft.reconcile("s1", { messageId: "m1" }).then(
    (result) => ({ result, error: undefined, ms: Date.now() - from }),
    (error: unknown) => ({ result: undefined, error, ms: Date.now() - from }),
  );
  await vi.runAllTimersAsync();
  return call;
}

const whole = ({ stepId, scenarioVersion, variables, stepHistory }: Session) => ({
  stepId,
  scenarioVersion,
  variables,
  stepHistory,
});

describe.each(Object.entries(dependencies))("a message where %s", (name, before) => {
  it.each(Object.entries(failures))("%s goes on, in time, and its session is whole", async (_how, fail) => {
    const made = await world(name === "a judge" ? judged : asking);
    let calls = 0;
    const options = before((...args) => {
      calls += 1;
      return fail(signalIn(args));
    });
    const own: RegraftOptions = { store: made.store, config, ids: sequentialIds() };
    const source = { name: "other", kind: "session" as const, find: async () => [] };
    const regraft = createRegraft({ ...own, fieldSources: [source], ...options });
    const { result, error, ms } = await atMessage(regraft);
    expect(error).toBeUndefined();
    expect(calls).toBeGreaterThan(0);
    expect(["continue", "collect", "review", "blocked"]).toContain(result?.action);
    expect(ms).toBeLessThanOrEqual(2 * timeoutMs);
    expect(result?.position).toEqual({ version: 1, stepId: "C" });
    expect(whole(await regraft.session("s1"))).toEqual(whole(made.before));
  });
});

describe("an answer to a field whose schema", () => {
  it.each(Object.entries(failures))("%s is asked for again, in time", async (_how, fail) => {
    const { store } = await world();
    const validate = (...args: readonly unknown[]) => fail(signalIn(args)) as never;
    const fieldValidators = { tel: { "~standard": { validate } } };
    const regraft = createRegraft({ store, config, ids: sequentialIds(), fieldValidators });
    expect((await atMessage(regraft)).result?.action).toBe("collect");
    const from = Date.now();
    const call = regraft.provide("s1", { email: "a@x.example", tel: "+4930123456" }, { messageId: "m2" }).then(
      (result) => [result.action, Date.now() - from],
      (error: unknown) => [(error as RegraftError).code, Date.now() - from],
    );
    await vi.runAllTimersAsync();
    const [said, ms] = await call;
    expect(said).toBe("ANSWER.INVALID");
    expect(ms).toBeLessThanOrEqual(timeoutMs);
    expect((await regraft.session("s1")).scenarioVersion).toBe(1);
  });

  it("says a lot is quoted in part", async () => {
    const { store } = await world();
    const validate = () => ({ issues: [{ message: "x".repeat(100 * 1024 * 1024) }] });
    const regraft = createRegraft({ store, config, fieldValidators: { tel: { "~standard": { validate } } } });
    await atMessage(regraft);
    const error = await regraft.provide("s1", { email: "a@x.example", tel: "1" }).catch((one: unknown) => one);
    expect(JSON.stringify(error).length).toBeLessThan(5000);
  });
});

/** Whoever decides whether something may be changed. */
const deciders: Readonly<Record<string, (work: Work) => Ports>> = {
  "an authorizer": (work) => ({ authorizer: { authorize: (request) => work(request) as never } }),
  "a guard before measuring": (work) => ({
    gates: { before: [{ id: "own", reason: "POLICY.NEEDS_HUMAN", check: (context) => work(context) as never }] },
  }),
  "a guard after measuring": (work) => ({
    gates: {
      contract: { budgets: { maxSessions: 9 } },
      after: [{ id: "own", reason: "POLICY.NEEDS_HUMAN", check: (context) => work(context) as never }],
    },
  }),
};

describe.each(Object.entries(deciders))("an approval where %s", (_name, before) => {
  it.each(Object.entries(failures))("%s is refused, in time, and changes nothing", async (_how, fail) => {
    const store = memoryStore();
    const open = createRegraft({ store, ids: sequentialIds() });
    await open.publish(v1);
    await walk(open, "s1", ["B", "C"]);
    const plan = await open.propose({ from: v1, to: asking, by: "ana" });
    const regraft = createRegraft({
      store,
      config,
      ids: sequentialIds(),
      ...before((...args) => fail(signalIn(args))),
    });
    const from = Date.now();
    const call = regraft.approve(plan, { by: "bo" }).then(
      () => ["approved", Date.now() - from],
      (error: unknown) => [(error as RegraftError).code, Date.now() - from],
    );
    await vi.runAllTimersAsync();
    const [said, ms] = await call;
    expect(["POLICY.ACCESS_DENIED", "GATE.REFUSED"]).toContain(said);
    expect(ms).toBeLessThanOrEqual(timeoutMs);
    expect(await open.plans.get(plan.id)).toEqual(plan);
  });
});

describe("a guard that changes what it is shown", () => {
  const forging = (context: GateContext): "pass" => {
    const forge = (value: unknown, depth = 0): void => {
      if (typeof value !== "object" || value === null || depth > 6) return;
      for (const [name, part] of Object.entries(value)) {
        forge(part, depth + 1);
        try {
          Reflect.set(value, name, typeof part === "number" ? 0 : undefined);
        } catch {
          // Frozen.
        }
      }
    };
    forge(context);
    return "pass";
  };

  it.each(["before", "after"] as const)("%s measuring changes neither decision nor plan", async (when) => {
    const store = memoryStore();
    const open = createRegraft({ store, ids: sequentialIds() });
    await open.publish(v1);
    for (const id of ["s1", "s2"]) await walk(open, id, ["B"]);
    const plan = await open.propose({ from: v1, to: asking, by: "ana" });
    const gates = {
      contract: { budgets: { maxSessions: 1 }, requiredEvidence: ["a.md"] },
      [when]: [{ id: "own", reason: "POLICY.NEEDS_HUMAN" as const, check: forging }],
    };
    const regraft = createRegraft({ store, config, ids: sequentialIds(), gates });
    const decision = await regraft.gate(plan.id, { stage: "plan.approve", evidence: { "a.md": "seen" } });
    expect(decision).toMatchObject({
      decision: "deny",
      reasons: ["BUDGET.SESSIONS_EXCEEDED"],
      metrics: { sessions: { value: 2, sample: 2 } },
      evidence: [{ name: "a.md" }],
      subject: { kind: "plan", id: plan.id, digest: plan.digest },
    });
    expect(await open.plans.get(plan.id)).toEqual(plan);
  });
});

/** Calls of the store at a message once the session is read. */
const calls = ["pointer", "load", "find", "commit", "append", "scan"] as const;

describe.each(["throws", "hangs"] as const)("a message where the store %s", (how) => {
  const broken = (store: Store, methods: readonly string[], isBroken: () => boolean): Store =>
    new Proxy(store, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name);
        if (typeof member !== "function" || !methods.includes(String(name))) return member;
        return (...args: unknown[]) => {
          if (!isBroken()) return Reflect.apply(member, target, args) as unknown;
          return how === "hangs"
            ? new Promise(() => undefined)
            : Promise.reject(new RegraftError("STORE.UNAVAILABLE", "x"));
        };
      },
    });

  it.each(
    calls,
  )("in %s goes on, on its old version, or is told that nobody knows what became of it", async (method) => {
    const { store, before } = await world();
    const made = resilientStore(
      broken({ ...store }, [method], () => true),
      { timeoutMs, retry: { random: () => 1 } },
    );
    const { result, error } = await atMessage(createRegraft({ store: made, config, ids: sequentialIds() }));
    if (error === undefined) expect(result?.position).toEqual({ version: 1, stepId: "C" });
    else
      expect([how, method, error]).toEqual(["hangs", "commit", expect.objectContaining({ code: "STORE.UNAVAILABLE" })]);
    const session = await createRegraft({ store }).session("s1");
    expect(whole(session)).toEqual(whole(before));
    expect((await atMessage(createRegraft({ store, config }))).result?.action).toBe("collect");
  });

  it("in everything, is served by what the host has shown last, in time", async () => {
    const { store, before } = await world();
    const dead = resilientStore(
      broken({ ...store }, Object.keys(store), () => true),
      { timeoutMs },
    );
    const regraft = createRegraft({ store: dead, config });
    const from = Date.now();
    const served = withFallback(
      async () => (await regraft.reconcile("s1")).position,
      () => "as last shown",
      { timeoutMs: 2000 },
    ).then((value) => [value, Date.now() - from <= 2000]);
    await vi.runAllTimersAsync();
    expect(await served).toEqual(["as last shown", true]);
    expect(whole(await createRegraft({ store }).session("s1"))).toEqual(whole(before));
  });
});
