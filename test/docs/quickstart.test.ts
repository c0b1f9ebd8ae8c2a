import { spawnSync } from "node:child_process";
import { beforeAll, describe, expect, it } from "vitest";

function quickstart() {
  return spawnSync(process.execPath, ["--import", "tsx", "examples/quickstart/main.ts"], { encoding: "utf8" });
}

let first: ReturnType<typeof quickstart>;

beforeAll(() => {
  first = quickstart();
});

/** The lines of a part, from its heading to the next one. */
function part(heading: string, nth = 0): string[] {
  const starts = first.stdout.split(`\n${heading}\n`).slice(1);
  const [, ...lines] = starts[nth]?.split("\n") ?? [];
  const end = lines.findIndex((line, at) => /^-{3,}$/.test(lines[at + 1] ?? "") && line !== "");
  return (end < 0 ? lines : lines.slice(0, end)).filter((line) => line !== "");
}

describe("the quick start", () => {
  it("ends well, says where the form comes from, and says nothing on standard error", () => {
    expect({ status: first.status, stderr: first.stderr }).toEqual({ status: 0, stderr: "" });
    expect(first.stdout).toContain(
      "communitiesuk/digital-form-builder-adapter, MIT licence; see examples/flows/ATTRIBUTION.md",
    );
  });

  it("marks everybody and moves nobody when it deploys", () => {
    const heading = "Approved and deployed: everybody is marked, nobody is moved";
    expect(part(heading)).toEqual(["  300 marked; person-1 still walks version 2"]);
    expect(part(heading, 1)[0]).toBe("  300 marked; person-1 still walks version 1");
  });

  it("gives each outcome its number", () => {
    const numbers = (heading: string, nth: number) => part(heading, nth).filter((line) => /^ +\d+ {2}\w+$/.test(line));
    expect({
      messages: [numbers("Each person sends a message", 0), numbers("Each person sends a message", 1)],
      answers: [numbers("Those who were asked answer", 0), numbers("Those who were asked answer", 1)],
      rehearsals: [
        numbers("The plan, and a rehearsal of it", 0),
        numbers("The operator maps the steps that were only reworded, and rehearses again", 0),
      ],
    }).toMatchInlineSnapshot(`
      {
        "answers": [
          [
            "   47  gap_fill",
            "   40  re_route",
            "    7  blocked",
            "    4  clean_graft",
            "    1  review",
          ],
          [
            "  107  gap_fill",
            "   38  re_route",
            "    5  blocked",
            "    3  review",
          ],
        ],
        "messages": [
          [
            "  196  clean_graft",
            "   99  collect",
            "    3  review",
            "    2  re_route",
          ],
          [
            "  153  collect",
            "  147  clean_graft",
          ],
        ],
        "rehearsals": [
          [
            "  128  collect",
            "  109  clean_graft",
            "   27  re_route",
            "   22  exit_scenario",
            "   11  review",
            "    3  blocked",
          ],
          [
            "  153  collect",
            "  147  clean_graft",
          ],
        ],
      }
    `);
  });

  it("ends with everybody somewhere", () => {
    expect([part("Where everybody is now", 0).slice(0, 3), part("Where everybody is now", 1)]).toMatchInlineSnapshot(`
      [
        [
          "  moved 289: clean_graft 200, gap_fill 47, re_route 42",
          "  on the old version: blocked 7, for a person to decide 4, waiting for an answer 0",
          "  left the flow: 0",
        ],
        [
          "  moved 292: clean_graft 147, gap_fill 107, re_route 38",
          "  on the old version: blocked 5, for a person to decide 3, waiting for an answer 0",
          "  left the flow: 0",
        ],
      ]
    `);
  });

  it("explains an example of each outcome", () => {
    for (const outcome of ["clean_graft", "gap_fill", "re_route", "collect", "blocked", "review", "exit_scenario"]) {
      expect(first.stdout).toMatch(new RegExp(`^  ${outcome}: person-\\d+, on /`, "m"));
    }
    expect(first.stdout).toContain(
      "Has the high street or town centre subject to the HSRA been officially designated?: its values",
    );
    expect(first.stdout).toContain("Summary was passed, and");
  });

  it("prints the same bytes every time", () => {
    expect(quickstart().stdout).toBe(first.stdout);
  });
});
