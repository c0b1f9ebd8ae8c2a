import { describe, expect, it } from "vitest";
import { exitCodeOf, exitCodeWords } from "../../src/cli/exit-codes.js";
import { jsonFault } from "../../src/cli/json-position.js";
import { reportError } from "../../src/cli/report-error.js";
import { reasons } from "../../src/contracts/reasons.js";
import type { ReasonCode } from "../../src/contracts/types.js";
import { RegraftError } from "../../src/errors.js";
import { call, files, v1 } from "./world.js";

describe("the command line, called wrongly", () => {
  it.each([
    [[], "a command is missing", "See regraft --help."],
    [["difff"], "unknown command 'difff' (Did you mean diff?)", "See regraft --help."],
    [["diff", "v1.json"], "missing required argument 'v2'", "See regraft diff --help."],
    [["diff", "a", "b", "c"], "too many arguments", "See regraft diff --help."],
    [["diff", "--jsn", "a", "b"], "unknown option '--jsn' (Did you mean --json?)", "See regraft diff --help."],
    [["diff", "a", "b", "--mermaid", "--dot"], "cannot be used with option", "See regraft diff --help."],
    [
      ["lint", "a", "--fail-on", "blue"],
      "Allowed choices are error, warning, info, never.",
      "See regraft lint --help.",
    ],
    [["rehearse", "a", "b"], "sessions are missing: give --sessions or --store", "See regraft rehearse --help."],
    [
      ["rehearse", "a", "b", "--sessions", "s", "--fail-on", "blocked,x"],
      '"x" is none of blocked',
      "See regraft rehearse --help.",
    ],
  ])("%j ends with 2 and says what is wrong", async (args, text, hint) => {
    const { code, out, err } = await call(args, files);
    expect(code).toBe(2);
    expect(err).toContain(text);
    expect(err).toContain(`hint: ${hint}`);
    expect(out).toBe("");
  });

  it("names a file that does not exist, with a hint", async () => {
    const { code, err } = await call(["diff", "v1.json", "nope.json"], files);
    expect(code).toBe(2);
    expect(err).toBe(
      "error CLI.FILE_NOT_FOUND in nope.json\n  cannot read nope.json\n  received: no such file or directory\n  hint: Check the path.\n",
    );
  });

  it("names the line and column where a file stops being JSON", async () => {
    const { code, err } = await call(["lint", "bad.json"], { "bad.json": '{\n  "id": "x",\n  "steps": [1,, 2]\n}' });
    expect(code).toBe(2);
    expect(err).toContain("error CLI.BAD_JSON in bad.json:3\n  not valid JSON at line 3, column 15\n  received: , 2]");
  });

  it.each([
    ["lint", "F"],
    ["diff", "F", "v2.json"],
    ["plan", "v1.json", "F"],
    ["publish", "F"],
    ["schema", "validate", "--kind", "scenario", "F"],
    ["plan", "v1.json", "v2.json", "--policies", "F"],
    ["plan", "v1.json", "v2.json", "--rollout", "F"],
    ["alerts", "--store", "s", "--rules", "F"],
    ["config", "show", "--file", "F"],
    ["report", "check", "F"],
    ["audit", "snapshot", "F"],
    ["retention", "apply", "F", "--by", "a"],
  ])("refuses a property that stands twice: %j", async (...args) => {
    const twice = JSON.stringify(v1).replace('"entry":', '"entry":"elsewhere","entry":');
    const line = args.map((arg) => (arg === "F" ? "twice.json" : arg));
    const { code, err } = await call(line, { ...files, "twice.json": twice });
    expect([code, err]).toEqual([2, expect.stringContaining("error CLI.BAD_JSON in twice.json")]);
    expect(err).toContain("/entry stands there twice");
  });

  it("names the line of a session that is no session", async () => {
    const { err } = await call(["plan", "v1.json", "v2.json", "--sessions", "s.jsonl"], {
      ...files,
      "s.jsonl": '\n{"id": "s1"}\n',
    });
    expect(err).toContain("error SCHEMA.INVALID in s.jsonl:2 /tenantId");
    const broken = await call(["plan", "v1.json", "v2.json", "--sessions", "s.jsonl"], {
      ...files,
      "s.jsonl": '{"a": 1}\n{',
    });
    expect(broken.err).toContain("error SCHEMA.INVALID in s.jsonl:1");
  });

  it("names file, JSON path, what was expected and received, and more faults", async () => {
    const { code, err } = await call(["diff", "v1.json", "v2.json"], {
      ...files,
      "v2.json": { ...v1, version: "2", entry: 7 },
    });
    expect(code).toBe(2);
    expect(err).toContain("error SCENARIO.INVALID in v2.json /");
    expect(err).toMatch(/expected: .+\n {2}received: .+\n {2}also \/.+\n {2}hint: /);
  });

  it("names a dangling transition", async () => {
    const bad = { ...v1, transitions: [...v1.transitions, { from: "fax", to: "nowhere" }] };
    const { err } = await call(["lint", "v1.json"], { "v1.json": bad });
    expect(err).toContain("error SCENARIO.DANGLING_TRANSITION in v1.json /transitions/4/to");
    expect(err).toContain('received: "nowhere"');
  });

  it("gives machines the error as JSON on standard error", async () => {
    const { code, out, err } = await call(["diff", "v1.json", "nope.json", "--json"], files);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(JSON.parse(err)).toEqual({
      error: {
        code: "CLI.FILE_NOT_FOUND",
        message: "cannot read nope.json",
        file: "nope.json",
        received: "no such file or directory",
        hint: "Check the path.",
      },
    });
  });

  it("says that a file cannot be written", async () => {
    const { code, err } = await call(["plan", "v1.json", "v2.json", "--out", "dir/p.json"], files, {
      writeFile: () => Promise.reject(Object.assign(new Error("x"), { code: "ENOENT" })),
    });
    expect(code).toBe(2);
    expect(err).toContain("error CLI.NOT_WRITTEN in dir/p.json");
  });

  it("never shows a stack, unless it is told to", async () => {
    const fault = () => {
      throw new TypeError("undefined is not a function");
    };
    const quiet = await call(["diff", "v1.json", "v2.json"], files, { out: fault });
    expect(quiet.code).toBe(70);
    expect(quiet.err).toContain("error INTERNAL.BUG\n  undefined is not a function");
    expect(quiet.err).not.toContain("    at ");
    const loud = await call(["diff", "v1.json", "v2.json"], files, { out: fault, debug: true });
    expect(loud.err).toContain("    at ");
  });
});

describe("help", () => {
  it.each([["--help"], ["-h"], ["help"]])("%s lists the commands and the exit codes, and ends with 0", async (flag) => {
    const { code, out, err } = await call([flag], files);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    for (const name of ["diff", "lint", "plan", "rehearse"]) expect(out).toMatch(new RegExp(`^  ${name} `, "m"));
    expect(out).toContain("70  a fault of regraft itself");
  });

  it.each(["diff", "lint", "plan", "rehearse"])("of %s has its own text and examples", async (name) => {
    const { code, out } = await call([name, "--help"], files);
    expect(code).toBe(0);
    expect(out).toContain(`Usage: regraft ${name}`);
    expect(out).toMatch(new RegExp(`Examples:\n  regraft ${name} `));
    expect(await call(["help", name], files)).toMatchObject({ code: 0, out });
  });

  it("prints the version of the package", async () => {
    expect((await call(["--version"], files)).out).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

describe("exit codes", () => {
  it("tell conflict, integrity, denial and own faults from wrong input", () => {
    expect(exitCodeOf("STORE.CONFLICT")).toBe(3);
    expect(exitCodeOf("PLAN.STALE")).toBe(3);
    expect(exitCodeOf("CLI.CHECKSUM_MISMATCH")).toBe(4);
    expect(exitCodeOf("PLAN.EFFECT_UNDECIDED")).toBe(1);
    expect(exitCodeOf("INTERNAL.BUG")).toBe(70);
    expect(exitCodeOf("SCENARIO.INVALID")).toBe(2);
  });

  it("follow the code of an error, whatever its message says", () => {
    const io = { err: () => undefined, colour: { out: false, err: false }, debug: false };
    const ends = (code: ReasonCode, message: string) =>
      reportError(new RegraftError(code, message), io as unknown as Parameters<typeof reportError>[1], []);
    const words = [...exitCodeWords.map(([, text]) => text), reasons.codes.join(": "), "checksum, signature, usage"];
    const messages = ["", "not found", "a conflict: not eligible, locked, denied", "digest mismatch", ...words];
    for (const code of reasons.codes) {
      expect([code, ...messages.map((message) => ends(code, message))]).toEqual([
        code,
        ...messages.map(() => exitCodeOf(code)),
      ]);
    }
  });

  it("takes what is not an error for a fault of its own", () => {
    const said: string[] = [];
    const io = { err: (text: string) => said.push(text), colour: { out: false, err: false }, debug: false };
    expect(reportError("boom", { ...io } as unknown as Parameters<typeof reportError>[1], [])).toBe(70);
    expect(said.join("")).toContain("boom");
  });
});

describe("jsonFault", () => {
  it.each([
    "{}",
    "[]",
    "1",
    ' {"a": [1, -2.5e3, null, {"b": true}]} ',
    '"x"',
    "[[], {}]",
  ])("finds nothing in %s", (text) => {
    expect(jsonFault(text)).toBeUndefined();
  });

  it.each([
    ["", 1, 1],
    ["{", 1, 2],
    ["[1 2]", 1, 4],
    ['{"a" 1}', 1, 6],
    ["{a: 1}", 1, 2],
    ["[1,]", 1, 4],
    ['{"a": 1,}', 1, 9],
    ["{]", 1, 2],
    ["1 2", 1, 3],
    ["[01]", 1, 3],
    ['["a\nb"]', 1, 2],
    ['{\n  "a": tru\n}', 2, 8],
  ])("finds the first fault of %j", (text, line, column) => {
    expect(() => JSON.parse(text)).toThrow();
    expect(jsonFault(text)).toEqual({ line, column });
  });
});
