import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { pathInside, readInside, safeName } from "../../src/tools/path-guard.js";

const escapes = expect.objectContaining({ code: "SECURITY.PATH_ESCAPE" });

describe("names of files", () => {
  it.each([
    "",
    ".",
    "..",
    "/etc/passwd",
    "../outside",
    "runs/../../outside",
    "runs/..",
    "runs/./x",
    "runs//x",
    "runs/",
    "C:/x",
    "c:x",
    "a\\b",
    "..\\x",
    "a\0b",
    "a\nb",
    "a\rb",
    "a\u007fb",
    "x".repeat(256),
    `${"x/".repeat(2048)}x`,
    7,
    null,
    undefined,
    ["x"],
  ])("%j is refused", (name) => {
    expect(() => safeName(name)).toThrow(escapes);
  });

  it.each(["x", "runs/r1/report.json", "...", "a..b/c", ".hidden", "ä/ö"])("%j is taken", (name) => {
    expect(safeName(name)).toBe(name);
  });
});

describe("files inside a directory", () => {
  let base = "";
  let root = "";
  beforeEach(() => {
    base = mkdtempSync(join(tmpdir(), "regraft-guard-"));
    root = join(base, "root");
    mkdirSync(join(root, "runs"), { recursive: true });
    mkdirSync(join(base, "root-beside"));
    writeFileSync(join(base, "outside.txt"), "outside");
    writeFileSync(join(root, "runs", "inside.txt"), "inside");
  });
  afterEach(() => rmSync(base, { recursive: true }));

  it("are found, whether or not they exist yet", () => {
    expect(readInside(root, "runs/inside.txt")).toBe("inside");
    expect(pathInside(root, "new/deep/file.json")).toMatch(/root\/new\/deep\/file\.json$/);
  });

  it("are found below a directory that is itself reached over a link", () => {
    symlinkSync(root, join(base, "link"));
    expect(readInside(join(base, "link"), "runs/inside.txt")).toBe("inside");
  });

  it("are no symbolic links, wherever these lead", () => {
    symlinkSync(join(base, "outside.txt"), join(root, "out"));
    symlinkSync(join(root, "runs", "inside.txt"), join(root, "in"));
    symlinkSync(join(base, "nowhere"), join(root, "dangling"));
    for (const name of ["out", "in", "dangling"]) expect(() => readInside(root, name)).toThrow(escapes);
  });

  it("do not lie behind a link that leads out, nor in a neighbour whose name begins alike", () => {
    symlinkSync(base, join(root, "up"));
    symlinkSync(join(base, "root-beside"), join(root, "beside"));
    expect(() => readInside(root, "up/outside.txt")).toThrow(escapes);
    expect(() => pathInside(root, "beside/new.txt")).toThrow(escapes);
  });
});
