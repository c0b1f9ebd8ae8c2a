import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

interface Row {
  readonly check: string;
  readonly job: string;
  readonly command: string;
  readonly test: string;
}

function rowsOf(page: string): Row[] {
  return page.split("\n").flatMap((line) => {
    const [, check = "", job = "", command = "", test = ""] =
      /^\| ([^|]+) \| ([\w-]+) \| `([^`]+)` \| `(test\/[^`]+)` \|$/.exec(line) ?? [];
    return check === "" ? [] : [{ check, job, command, test }];
  });
}

const read = (path: string) => readFileSync(path, "utf8");
const page = read("docs/gates.md").split("## Checks of this repository")[1] ?? "";
const scripts = (JSON.parse(read("package.json")) as { scripts: Record<string, string> }).scripts;
const workflow = read(".github/workflows/ci.yml");
const release = read(".github/workflows/release.yml");
const ci = read(".ci/run");

/** The steps of a job, as text. */
function jobOf(text: string, name: string): string {
  return text.split(/^ {2}(?=[\w-]+:$)/m).find((part) => part.startsWith(`${name}:`)) ?? "";
}

/** What is wrong with a matrix, in words. */
function faultsOf(rows: readonly Row[]): string[] {
  const faults: string[] = [];
  const commands = new Set(rows.map(({ command }) => command));
  for (const script of Object.keys(scripts).filter((name) => name.startsWith("check:"))) {
    if (!commands.has(`npm run ${script}`)) faults.push(`${script} is not in the matrix`);
  }
  for (const [, name = ""] of ci.matchAll(/^(?:counted|step) .*?npm (?:run --silent )?([\w:]+)/gm)) {
    const known = name === "check" || name === "ci" || commands.has(name === "test" ? "npm test" : `npm run ${name}`);
    if (!known) faults.push(`${name} of .ci/run is not in the matrix`);
  }
  for (const { check, job, command, test } of rows) {
    if (!existsSync(test)) faults.push(`${check}: ${test} does not exist`);
    const [, script = ""] = /^npm run ([\w:-]+)$/.exec(command) ?? [];
    if (script !== "" && !(script in scripts)) faults.push(`${check}: there is no script ${script}`);
    if (jobOf(workflow, job) === "") faults.push(`${check}: there is no job ${job}`);
    const isRun = command.startsWith("regraft ")
      ? jobOf(workflow, job).includes(command.replace("regraft", "node dist/cli.js"))
      : ci.includes(script.startsWith("check:") ? "npm run --silent check" : command.replace("npm run ", ""));
    if (!isRun) faults.push(`${check}: ${command} is not run`);
  }
  return faults;
}

describe("the matrix of checks", () => {
  const rows = rowsOf(page);

  it("has every check that runs, with its command and a test that shows it failing", () => {
    expect(rows.length).toBeGreaterThan(14);
    expect(faultsOf(rows)).toEqual([]);
  });

  it("would not pass without a row, or with a command or test that does not exist", () => {
    expect(faultsOf(rows.filter(({ command }) => command !== "npm run check:arch"))).toEqual([
      "check:arch is not in the matrix",
    ]);
    const wrong = { check: "x", job: "nobody", command: "npm run nope", test: "test/none.test.ts" };
    expect(faultsOf([...rows, wrong]).length).toBe(4);
  });
});

describe("the workflows", () => {
  it("run the final guards after everything else, and leave the tree as it is", () => {
    const job = jobOf(workflow, "final-guards");
    expect(job).toContain("needs: verify");
    for (const step of [
      "dist/cli.js verify",
      "dist/cli.js golden run",
      "dist/cli.js drill --all",
      "git diff --exit-code",
    ]) {
      expect(job).toContain(step);
    }
  });

  it("publish from a tag of the same version only, after all checks, with provenance and no right to write", () => {
    expect(release).toContain('tags: ["v*"]');
    const places = [
      "GITHUB_REF_NAME",
      ".ci/run",
      "cli.js verify",
      "golden run",
      "drill --all",
      "npm publish --provenance",
    ];
    const found = places.map((text) => release.indexOf(text));
    expect(found.every((at) => at > 0)).toBe(true);
    expect([...found].sort((a, b) => a - b)).toEqual(found);
    expect(release).toContain("id-token: write");
    expect(release).not.toMatch(/contents: write|pull_request/);
  });
});
