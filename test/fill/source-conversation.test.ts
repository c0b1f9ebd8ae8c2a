import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { conversationSource, type ExtractionRequest, type FieldRequest, type Turn } from "../../src/index.js";
import { bench, flow } from "../engine/helpers.js";

const email = { name: "email", type: "email" } as const;

async function asking(more: Partial<FieldRequest> = {}): Promise<FieldRequest> {
  const { regraft } = bench();
  const scenario = await regraft.publish(flow(1, "A:email"));
  const session = await regraft.startSession({ scenarioId: "flow", id: "s1" });
  const { signal } = new AbortController();
  return { session, scenario, fields: [email], at: "2026-03-01T09:00:00.000Z", maxTurns: 20, signal, ...more };
}

/** An extractor that notes what it is asked. */
function noting(answer: (asked: ExtractionRequest) => Promise<unknown>, model?: string) {
  const asked: ExtractionRequest[] = [];
  const extract = async (request: ExtractionRequest) => {
    asked.push(request);
    return answer(request);
  };
  return { asked, extractor: { name: "noting", extract, ...(model === undefined ? {} : { model }) } };
}

const turn = (text: string, role: Turn["role"] = "user"): Turn => ({ role, text });
const finding = { field: "email", value: "jo@x.example", confidence: 0.9, quote: "jo@x.example" };

describe("a conversation as a source", () => {
  it("shows the latest turns within its bounds, and counts turns as they were read", async () => {
    const turns = [turn("a".repeat(90)), turn("hello"), turn("jo@x.example")];
    const { asked, extractor } = noting(async ({ turns: shown }) => [{ ...finding, turn: shown.length - 1 }]);
    const source = conversationSource({ turns: async () => turns, extractor, maxChars: 100 });
    expect(await source.find(await asking())).toMatchObject([{ value: "jo@x.example", turn: 2, span: [0, 12] }]);
    expect(asked[0]?.turns).toEqual(turns.slice(1));
    const short = conversationSource({ turns: async () => turns, extractor, maxTurns: 1 });
    await short.find(await asking());
    expect(asked[1]?.turns).toEqual(turns.slice(2));
    expect(await source.find(await asking({ maxTurns: 0 }))).toEqual([]);
  });

  it("is read although a turn was cut inside a character, with the offsets that it has", async () => {
    const { extractor } = noting(async () => [{ ...finding, turn: 0 }]);
    const source = conversationSource({ turns: async () => [turn("hi \ud83d jo@x.example")], extractor });
    expect(await source.find(await asking())).toMatchObject([{ value: "jo@x.example", span: [5, 17] }]);
  });

  it.each([
    null,
    "text",
    [null, 7, { role: "system", text: "x" }, { role: "user", text: 7 }],
  ])("survives a reader that returns %j", async (turns) => {
    const { extractor } = noting(async () => [{ ...finding, turn: 0 }]);
    const source = conversationSource({ turns: async () => turns as unknown as Turn[], extractor });
    expect(await source.find(await asking())).toEqual([]);
  });

  it("does not ask again about the same conversation, but about a longer one", async () => {
    const turns = [turn("jo@x.example")];
    const { asked, extractor } = noting(async () => [{ ...finding, turn: 0 }], "m");
    const source = conversationSource({ turns: async () => turns, extractor });
    await source.find(await asking());
    expect(await source.find(await asking())).toHaveLength(1);
    expect(asked).toHaveLength(1);
    turns.push(turn("thanks"));
    await source.find(await asking());
    expect(asked).toHaveLength(2);
  });

  it("tells what had no evidence by field and reason, without a value", async () => {
    const onRejected = vi.fn();
    const { extractor } = noting(async () => [{ ...finding, quote: "nothing like it", turn: 0 }]);
    const source = conversationSource({ turns: async () => [turn("hello")], extractor, onRejected });
    expect(await source.find(await asking())).toEqual([]);
    expect(onRejected.mock.calls).toEqual([[[{ field: "email", why: expect.any(String) }]]]);
    expect(JSON.stringify(onRejected.mock.calls)).not.toContain("jo@x");
  });

  it("is costly with a model, and free without one", () => {
    const make = (model?: string) =>
      conversationSource({ turns: async () => [], extractor: noting(async () => [], model).extractor });
    expect([make("m").costly, make().costly]).toEqual([true, false]);
  });
});

describe("a model that fails", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  async function failing(errors: readonly unknown[], model: string | undefined, signal = new AbortController().signal) {
    const left = [...errors];
    const { asked, extractor } = noting(async () => {
      if (left.length > 0) throw left.shift();
      return [{ ...finding, turn: 0 }];
    }, model);
    const source = conversationSource({ turns: async () => [turn("jo@x.example")], extractor, attempts: 3 });
    const outcome = source.find(await asking({ signal })).then(
      (found) => found.length,
      () => "failed",
    );
    await vi.advanceTimersByTimeAsync(10_000);
    return { outcome: await outcome, calls: asked.length };
  }

  const busy = new TypeError("busy");
  const abort = Object.assign(new TypeError("stop"), { name: "AbortError" });
  const final = Object.assign(new TypeError("no such model"), { isRetryable: false });
  const over = AbortSignal.abort();

  it.each([
    ["is tried again", [busy, busy], "m", undefined, { outcome: 1, calls: 3 }],
    ["is given up after its tries", [busy, busy, busy], "m", undefined, { outcome: "failed", calls: 3 }],
    ["is not tried again where it is none", [busy], undefined, undefined, { outcome: "failed", calls: 1 }],
    ["is not tried again when it was stopped", [abort], "m", undefined, { outcome: "failed", calls: 1 }],
    ["is not tried again where that is of no use", [final], "m", undefined, { outcome: "failed", calls: 1 }],
    ["is not tried when time is over", [busy], "m", over, { outcome: "failed", calls: 0 }],
  ])("%s", async (_, errors, model, signal, expected) => {
    expect(await failing(errors, model, signal)).toEqual(expected);
    expect(vi.getTimerCount()).toBe(0);
  });
});
