import { runInNewContext } from "node:vm";
import pino from "pino";
import { describe, expect, it } from "vitest";
import { bench, flow, roll, walk } from "./helpers.js";

const v1 = flow(1, "A > B > C");
const plain = flow(2, "A > N > B > C");
const asking = flow(2, "A > N:email > B > C");
const blocking = flow(2, "A > P! > B > C");

/** Messages that a pino logger, as it is, writes about one reconciliation. */
async function lines(to: typeof v1, log: object): Promise<{ level: number; msg: string }[]> {
  const written: string[] = [];
  const logger = pino({ level: "debug" }, { write: (line: string) => void written.push(line) });
  const { regraft } = bench({ logger, config: { log } });
  await regraft.publish(v1);
  await walk(regraft, "s1", ["B", "C"]);
  await roll(regraft, v1, to);
  await regraft.reconcile("s1");
  return written.map((line) => JSON.parse(line) as { level: number; msg: string });
}

describe("a pino logger", () => {
  it.each([
    ["clean grafts", plain, {}, []],
    [
      "clean grafts, switched on",
      plain,
      { cleanGrafts: true },
      [{ level: 30, msg: "session grafted", sessionId: "s1" }],
    ],
    ["questions", asking, {}, [{ level: 30, msg: "session waits", fields: ["email"] }]],
    ["questions, switched off", asking, { gapFills: false }, []],
    [
      "blocked sessions, whatever is switched off",
      blocking,
      { gapFills: false, reRoutes: false },
      [{ level: 40, msg: "session blocked" }],
    ],
  ])("is told of %s as configured", async (_, to, log, expected) => {
    expect(await lines(to, log)).toMatchObject(expected);
  });
});

describe("a watcher whose promises fail later", () => {
  it("troubles nobody, whatever kind of promise it gives", async () => {
    const unheard: unknown[] = [];
    const hear = (reason: unknown) => void unheard.push(reason);
    const kinds: readonly (() => never)[] = [
      () => Promise.reject(new Error("later")) as never,
      () => runInNewContext("Promise.reject(new Error('later'))") as never,
    ];
    process.on("unhandledRejection", hear);
    try {
      for (const later of kinds) {
        const { regraft } = bench({
          config: { log: { cleanGrafts: true } },
          logger: { debug: later, info: later, warn: later, error: later },
          telemetry: { span: (_name, _attributes, work) => work({ set: later }), measure: later },
        });
        await regraft.publish(v1);
        await walk(regraft, "s1", ["B", "C"]);
        await roll(regraft, v1, plain);
        expect(await regraft.reconcile("s1")).toMatchObject({ action: "teleport" });
        await new Promise(setImmediate);
      }
    } finally {
      process.off("unhandledRejection", hear);
    }
    expect(unheard).toEqual([]);
  });
});
