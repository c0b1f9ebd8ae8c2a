import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { afterAll, describe, expect, it } from "vitest";
import { nodeIo } from "../../src/cli/node-io.js";
import { run } from "../../src/cli/run.js";
import { caseOf, fileOf } from "../tools/golden-world.js";
import { call } from "./world.js";

const wrong = { results: { s1: [{ action: "teleport", stepId: "offer" }] }, sessions: { s1: { version: 2 } } };
const right = caseOf({ id: "right" });
const failing = caseOf({ id: "failing", expect: wrong });
const example = "examples/golden-own";

describe("regraft golden run", () => {
  it("ends with 0 where all cases are as expected", async () => {
    const { code, out, err } = await call(["golden", "run", "cases.json"], { "cases.json": fileOf(right) });
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toBe("cases.json\n  ok    right\n1 case, all as expected\n");
  });

  it("ends with 1 and names each difference: path, expected, received", async () => {
    const files = { "cases.json": fileOf(right, failing) };
    const { code, out } = await call(["golden", "run", "cases.json"], files);
    expect(code).toBe(1);
    expect(out.split("\n")).toEqual([
      "cases.json",
      "  ok    right",
      "  FAIL  failing  GOLDEN.DIFFERENT: The outcome of a golden case is not the expected one.",
      "        /expect/results/s1/0/action",
      '          expected "teleport"',
      '          received "collect"',
      "        /expect/results/s1/0/stepId",
      '          expected "offer"',
      "          received nothing",
      "        /expect/sessions/s1/version",
      "          expected 2",
      "          received 1",
      "2 cases, 1 failed",
      "",
    ]);
  });

  it("gives machines verdicts, differences and outcomes, the same every time", async () => {
    const args = ["golden", "run", "a.json", "b.json", "--json"];
    const files = { "a.json": fileOf(right), "b.json": fileOf(failing) };
    const { code, out } = await call(args, files);
    const { cases } = JSON.parse(out) as { cases: Record<string, unknown>[] };
    expect(code).toBe(1);
    expect(cases).toMatchObject([
      { file: "a.json", id: "right", ok: true, differences: [], outcome: { counts: { moves: 0 } } },
      { file: "b.json", id: "failing", ok: false, reason: "GOLDEN.DIFFERENT" },
    ]);
    expect((await call(args, files)).out).toBe(out);
  });

  it("plays only the cases that a filter names, and refuses one that names none", async () => {
    const files = { "cases.json": fileOf(right, failing) };
    const { code, out } = await call(["golden", "run", "cases.json", "--filter", "righ"], files);
    expect({ code, last: out.split("\n").at(-2) }).toEqual({ code: 0, last: "1 case, all as expected" });
    expect(await call(["golden", "run", "cases.json", "--filter", "nothing"], files)).toMatchObject({ code: 2 });
  });

  it.each([
    ["a file that is not there", {}, "CLI.FILE_NOT_FOUND in cases.json"],
    ["a file that is not JSON", { "cases.json": "{" }, "CLI.BAD_JSON in cases.json:1"],
    [
      "a misspelt key",
      { "cases.json": fileOf(right, caseOf({ id: "x", step: [] })) },
      "GOLDEN.INVALID in cases.json /cases/1/step",
    ],
    [
      "no expectation",
      { "cases.json": fileOf(caseOf({ expect: {} })) },
      "GOLDEN.INVALID in cases.json /cases/0/expect",
    ],
  ])("ends with 2 and plays nothing on %s", async (_, files, text) => {
    const { code, out, err } = await call(["golden", "run", "cases.json"], files);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toContain(`error ${text}`);
  });

  it("names the case whose surroundings cannot be set up", async () => {
    const odd = caseOf({ id: "x", sessions: [{ id: "s1", version: 1, variables: { a: "x".repeat(2_000_000) } }] });
    const { code, err } = await call(["golden", "run", "cases.json"], { "cases.json": fileOf(right, odd) });
    expect(code).toBe(2);
    expect(err).toMatch(/^error \w+\.\w+ in cases\.json \/cases\/1/);
  });

  it("refuses to update where the environment does not allow it", async () => {
    const files = { "cases.json": fileOf(failing) };
    const { code, err, written } = await call(["golden", "run", "cases.json", "--update"], files);
    expect({ code, written }).toEqual({ code: 2, written: {} });
    expect(err).toContain("error GOLDEN.UPDATE_REFUSED\n  --update needs UPDATE_GOLDEN=1 in the environment");
  });

  it("updates what differs and nothing else of the file; then it is as expected", async () => {
    const blank = caseOf({ id: "blank", expect: {} });
    const text = fileOf(right, failing, blank);
    const { code, out, written } = await call(
      ["golden", "run", "cases.json", "--update"],
      { "cases.json": text },
      { updatesGolden: true },
    );
    const changed = written["/cwd/cases.json"] ?? "";
    expect({ code, told: out.includes("2 cases updated") }).toEqual({ code: 0, told: true });
    const cutOut = (whole: string) => whole.replace(/"id": "failing"[\s\S]*/, "");
    expect(cutOut(changed)).toBe(cutOut(text));
    expect(JSON.parse(changed).cases[1].expect).toEqual({
      results: { s1: [{ action: "collect" }] },
      sessions: { s1: { version: 1 } },
    });
    expect(await call(["golden", "run", "cases.json"], { "cases.json": changed })).toMatchObject({ code: 0 });
  });

  it("writes no file where nothing differs", async () => {
    const files = { "cases.json": fileOf(right) };
    const { code, written } = await call(["golden", "run", "cases.json", "--update"], files, { updatesGolden: true });
    expect({ code, written }).toEqual({ code: 0, written: {} });
  });
});

describe("the example of own golden cases", () => {
  const folder = mkdtempSync(join(tmpdir(), "regraft-golden-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("is as expected, as it stands", async () => {
    const io = { ...nodeIo(process), out: () => undefined };
    expect(await run(["golden", "run", `${example}/loan.json`], io)).toBe(0);
  });

  it("is the file that the documentation shows, with what it prints as it stands and with a wrong expectation", async () => {
    const page = readFileSync("docs/golden.md", "utf8");
    const text = readFileSync(`${example}/loan.json`, "utf8");
    const broken = text.replace('"ana": { "stepId": "offer"', '"ana": { "stepId": "income"');
    const versions = ["loan-v1.json", "loan-v2.json"].map((name) => [
      `cases/${name}`,
      readFileSync(`${example}/${name}`, "utf8"),
    ]);
    expect(page).toContain(`\n\`\`\`json\n${text}\`\`\`\n`);
    expect(broken).not.toBe(text);
    for (const [cases, code] of [
      [text, 0],
      [broken, 1],
    ] as const) {
      const files = { ...Object.fromEntries(versions), "cases/loan.json": cases };
      const ended = await call(["golden", "run", "cases/loan.json"], files);
      expect(ended.code).toBe(code);
      expect(page).toContain(`\n\`\`\`\n${ended.out}\`\`\`\n`);
    }
  });

  it("is a page that names every kind of step and every key", () => {
    const page = readFileSync("docs/golden.md", "utf8");
    const schema = (name: string) => JSON.parse(readFileSync(`schemas/golden-${name}.schema.json`, "utf8"));
    const kinds = Object.values<{ properties: { do: { const: string } } }>(schema("step").$defs);
    const words = [
      ...kinds.map(({ properties }) => properties.do.const),
      ...Object.keys(schema("case").properties),
      ...Object.keys(schema("case").$defs.GoldenOutcome.properties),
    ];
    expect(words.filter((word) => !page.includes(`\`${word}\``))).toEqual([]);
  });

  it("fails once the flow changes, and a refused update leaves file and folder as they were", async () => {
    cpSync(example, folder, { recursive: true });
    const [version, cases] = [join(folder, "loan-v2.json"), join(folder, "loan.json")];
    const before = readFileSync(cases, "utf8");
    writeFileSync(version, readFileSync(version, "utf8").replace('"Income", "collects": ["income"]', '"Income"'));
    const out: string[] = [];
    const io = { ...nodeIo(process), out: (text: string) => out.push(text), err: () => undefined };
    expect(await run(["golden", "run", cases], { ...io, updatesGolden: true })).toBe(1);
    expect(out.join("")).toContain("/expect/results/ana");
    expect(await run(["golden", "run", cases, "--update"], { ...io, updatesGolden: false })).toBe(2);
    const fails = async () => Promise.reject(new TypeError("disk full"));
    expect(await run(["golden", "run", cases, "--update"], { ...io, updatesGolden: true, replaceFile: fails })).toBe(2);
    expect(readFileSync(cases, "utf8")).toBe(before);

    const { mode } = statSync(cases);
    expect(await run(["golden", "run", cases, "--update"], { ...io, updatesGolden: true })).toBe(0);
    expect(readFileSync(cases, "utf8")).not.toBe(before);
    expect({ mode: statSync(cases).mode, files: readdirSync(folder).length }).toEqual({
      mode,
      files: readdirSync(example).length,
    });
  });
});

describe("the program", () => {
  it("does not load the harness before cases are played", async () => {
    const { metafile } = await build({
      entryPoints: ["src/cli/main.ts"],
      bundle: true,
      splitting: true,
      format: "esm",
      platform: "node",
      packages: "external",
      external: ["#sha256"],
      outdir: "none",
      write: false,
      metafile: true,
    });
    const atOnce = new Set(["none/main.js"]);
    for (const output of atOnce) {
      const imported = metafile.outputs[output]?.imports ?? [];
      for (const { path, kind, external } of imported)
        if (kind === "import-statement" && external !== true) atOnce.add(path);
    }
    const loaded = [...atOnce].flatMap((output) => Object.keys(metafile.outputs[output]?.inputs ?? {}));
    expect(loaded).toContain("src/cli/program.ts");
    expect(loaded.filter((file) => file.includes("golden"))).toEqual([]);
    expect(Object.keys(metafile.inputs)).toContain("src/cli/golden-command.ts");
  });
});
