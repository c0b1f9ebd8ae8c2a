import { describe, expect, it } from "vitest";
import type { Session } from "../../src/contracts/types.js";
import { defineScenario } from "../../src/scenario/parse.js";
import { startSession } from "../../src/session/visits.js";
import { call, files, v1 } from "./world.js";

const loan = defineScenario(v1);
const session = (id: string): Session => startSession(loan, { id, tenantId: "", at: "2026-02-01T09:00:00.000Z" });
const rehearse = ["rehearse", "v1.json", "v2.json", "--sessions", "s.jsonl"];

/** A file that comes in pieces and can be too long to be held at once. */
function streamed(pieces: () => Iterable<string>, seen = { pieces: 0 }) {
  return {
    readPieces: async function* () {
      for (const piece of pieces()) {
        seen.pieces += 1;
        yield piece;
      }
    },
  };
}

describe("sessions one a line", () => {
  it("are read as they are needed, wherever the pieces are cut", async () => {
    const text = `\uFEFF${["s1", "ö2", "s3"].map((id) => JSON.stringify(session(id))).join("\r\n\n")}\n`;
    for (const size of [1, 7, 1000, text.length]) {
      const pieces = function* () {
        for (let at = 0; at < text.length; at += size) yield text.slice(at, at + size);
      };
      const { code, out } = await call([...rehearse, "--jsonl"], files, streamed(pieces));
      const lines = out
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as { sessionId?: string });
      expect([code, lines.flatMap(({ sessionId = [] }) => sessionId)]).toEqual([0, ["s1", "ö2", "s3"]]);
    }
  });

  it("are told before the file has come to its end, and the rest is not read after a fault", async () => {
    const seen = { pieces: 0 };
    const told: number[] = [];
    const pieces = function* () {
      for (let n = 0; n < 20; n += 1) yield `${n === 9 ? "{" : JSON.stringify(session(`s${n}`))}\n`;
    };
    const out = () => told.push(seen.pieces);
    const { code, err } = await call([...rehearse, "--jsonl"], files, { ...streamed(pieces, seen), out });
    expect([code, told, seen.pieces]).toEqual([2, [1, 2, 3, 4, 5, 6, 7, 8, 9], 10]);
    expect(err).toContain("CLI.BAD_JSON in s.jsonl:10");
  });

  it.each([
    ["a session that is none", () => '{"id":1}', "SCHEMA.INVALID in s.jsonl:2"],
    ["a session for the second time", () => JSON.stringify(session("s1")), "SESSION.EXISTS in s.jsonl"],
    ["a line that is too long", () => " ".repeat(17 * 1024 * 1024), "CLI.FILE_TOO_LARGE in s.jsonl:2"],
  ])("are refused at %s, with file and line", async (_, line, expected) => {
    const pieces = () => [`${JSON.stringify(session("s1"))}\n`, line(), "\n"];
    const { code, err } = await call(rehearse, files, streamed(pieces));
    expect([code, err.includes(expected)]).toEqual([2, true]);
  });

  it("may be more than fit into a file that is read whole, which an array may not", async () => {
    const pad = " ".repeat(1024 * 1024);
    const lines = function* () {
      for (let n = 0; n < 70; n += 1) yield `${JSON.stringify(session(`s${n}`))}${pad}\n`;
    };
    const asLines = await call([...rehearse, "--json"], files, streamed(lines));
    expect([asLines.code, JSON.parse(asLines.out).totals.total]).toEqual([0, 70]);
    const seen = { pieces: 0 };
    const array = function* () {
      for (let n = 0; n < 200; n += 1) yield `${n === 0 ? "[" : ","}${pad}`;
    };
    const { code, err } = await call(rehearse, files, streamed(array, seen));
    expect([code, seen.pieces < 70]).toEqual([2, true]);
    expect(err).toContain("CLI.FILE_TOO_LARGE in s.jsonl");
  });
});

describe("what a command reads at once", () => {
  it("has a greatest length, which the error names", async () => {
    const readFile = async () => " ".repeat(64 * 1024 * 1024 + 1);
    const { code, err } = await call(["lint", "v1.json"], files, { readFile });
    expect(code).toBe(2);
    expect(err).toContain("CLI.FILE_TOO_LARGE in v1.json");
    expect(err).toContain("at most 64 Mi characters");
  });

  it.each([
    ["x".repeat(1001), "longer than 1000 characters"],
    ["two\nlines", "control characters"],
    ["\u001b[2J", "control characters"],
    ["  ", "says nothing"],
  ])("of a reason is one line of words", async (reason, expected) => {
    const { code, err } = await call(["dlq", "drop", "s1", "--by", "ana", "--reason", reason], files);
    expect([code, err.includes(expected)]).toEqual([2, true]);
  });
});
