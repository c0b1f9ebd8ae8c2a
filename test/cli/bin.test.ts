import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";

const flow = "examples/flows/hmcts-create-claim";

/** Runs the program in a process of its own. */
function regraft(args: readonly string[], env: Record<string, string> = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ["--import", "tsx", "src/cli/main.ts", ...args], {
    encoding: "utf8",
    env: { PATH: process.env.PATH ?? "", ...env },
  });
  return { status, stdout, stderr };
}

describe("the program", () => {
  it("compares two versions of a real flow and ends with 0, without colour where no terminal reads", {
    timeout: 120_000,
  }, () => {
    const { status, stdout, stderr } = regraft(["diff", `${flow}/v3.json`, `${flow}/v4.json`]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toContain("hmcts-create-claim  version 3 -> 4");
    expect(stdout).not.toContain(String.fromCharCode(27));
  });

  it("paints when told to, unless NO_COLOR is set", () => {
    const args = ["diff", `${flow}/v3.json`, `${flow}/v4.json`];
    expect(regraft(args, { FORCE_COLOR: "1" }).stdout).toContain(String.fromCharCode(27));
    expect(regraft(args, { FORCE_COLOR: "1", NO_COLOR: "1" }).stdout).not.toContain(String.fromCharCode(27));
  });

  it("ends with 2 and no stack on a file that is not there", () => {
    const { status, stdout, stderr } = regraft(["lint", "nowhere.json"]);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toContain("error CLI.FILE_NOT_FOUND in nowhere.json");
    expect(stderr).not.toContain("    at ");
  });
});
