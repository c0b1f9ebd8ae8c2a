import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { call, files } from "./world.js";

let root = "";
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "regraft-missing-"));
});
afterAll(() => rmSync(root, { recursive: true }));

const all = { ...files, "plan.json": { digest: "sha256:0", drop: [], keep: [] } };

/** Commands that read a store, or change what others have put into it. */
const commands: readonly (readonly string[])[] = [
  ["status"],
  ["status", "p1"],
  ["approve", "p1", "--digest", "sha256:0", "--by", "ana"],
  ["deploy", "p1"],
  ["gate", "check", "--plan", "p1", "--stage", "deploy"],
  ["retention", "plan"],
  ["retention", "apply", "plan.json", "--by", "ana"],
  ["ledger", "verify"],
  ["ledger", "head"],
  ["ledger", "show", "plan/p1"],
  ["ledger", "seal"],
  ["audit", "bundle", "--out", "bundle.jsonl"],
  ["report", "plan", "p1"],
  ["dlq", "list"],
  ["dlq", "retry", "--all", "--by", "ana"],
  ["dlq", "drop", "s1", "--by", "ana", "--reason", "closed"],
  ["slo"],
  ["alerts"],
  ["rehearse", "v1.json", "v2.json"],
  ["state", "migrate"],
];

describe.each(
  commands.map((args) => [args.join(" "), args] as const),
)("regraft %s on a store that is not there", (_, args) => {
  it.each([
    ["a directory that is missing", "", "no such file or directory"],
    ["an empty directory", "", "a directory in which no store was made"],
    ["an embedded database that is missing", "pglite:", "no such file or directory"],
  ])("makes none of %s, names it and ends with 2", async (what, scheme, received) => {
    const parent = mkdtempSync(join(root, "at-"));
    const directory = join(parent, "mistyped", "store");
    const isEmpty = what.includes("empty");
    if (isEmpty) mkdirSync(directory, { recursive: true });
    const { code, err, out } = await call(
      [...args, "--store", `${scheme}${directory}`, "--json"].filter(fits(args)),
      all,
    );
    expect([code, out]).toEqual([2, ""]);
    expect(err).toContain("STORE.NOT_FOUND");
    expect(err).toContain(directory);
    expect(err).toContain(received);
    expect(isEmpty ? readdirSync(directory) : readdirSync(parent)).toEqual([]);
  });
});

/** `audit bundle` writes a file and has no `--json` of its own to print in. */
function fits([, part]: readonly string[]): (arg: string) => boolean {
  return (arg) => arg !== "--json" || part !== "bundle";
}

describe("a command that makes a store", () => {
  it.each([
    ["store", "setup"],
    ["publish", "v1.json"],
    ["plan", "v1.json", "v2.json"],
  ])("makes one where there is none: %s %s", async (...args) => {
    const directory = join(mkdtempSync(join(root, "at-")), "store");
    expect(await call([...args.filter(Boolean), "--store", directory], all)).toMatchObject({ code: 0, err: "" });
    expect((await call(["status", "--store", directory], all)).code).toBe(0);
  });

  it("is not the doctor or verify, which say what is missing", async () => {
    const directory = join(mkdtempSync(join(root, "at-")), "store");
    for (const name of ["doctor", "verify"]) {
      const { code, out } = await call([name, "--store", directory], all);
      expect([code, out.includes("STORE.LAYOUT_UNKNOWN")]).toEqual([1, true]);
    }
    expect(existsSync(directory)).toBe(false);
  });

  it("is not a dry run of a migration", async () => {
    const parent = mkdtempSync(join(root, "at-"));
    mkdirSync(join(parent, "from", "versions"), { recursive: true });
    writeFileSync(join(parent, "from", "versions", "v1.json"), JSON.stringify(files["v1.json"]));
    mkdirSync(join(parent, "empty"));
    for (const name of ["missing", "empty"]) {
      const args = ["state", "migrate", "--dry-run", "--from", join(parent, "from"), "--store", join(parent, name)];
      expect((await call(args, all)).code).toBe(0);
    }
    expect([readdirSync(parent).sort(), readdirSync(join(parent, "empty"))]).toEqual([["empty", "from"], []]);
  });
});
