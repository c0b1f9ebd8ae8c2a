import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { DEFAULTS } from "../../src/config/defaults.js";

/** Every option by its path, with its default as the guide writes it. */
function leaves(value: object, path: readonly string[] = []): [string, string][] {
  return Object.entries(value).flatMap(([name, item]): [string, string][] =>
    typeof item === "object" && item !== null
      ? leaves(item, [...path, name])
      : [[[...path, name].join("."), JSON.stringify(item)]],
  );
}

describe("the table of options in the guide", () => {
  it("has every option with its default", () => {
    const [, table = ""] = readFileSync("docs/guide.md", "utf8").split("| in `config` | default | effect |\n");
    const [body = ""] = table.split("\n\n");
    const rows = [...body.matchAll(/^\| `([\w.]+)` \| (.+?) \|/gm)].map(([, name = "", cell = ""]) => [name, cell]);
    const wanted = [...leaves(DEFAULTS).map(([name, value]) => [name, `\`${value}\``]), ["planExpiryDays", "never"]];
    expect(rows.sort()).toEqual(wanted.sort());
  });
});
