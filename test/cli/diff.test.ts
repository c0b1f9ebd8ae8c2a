import { describe, expect, it } from "vitest";
import { validate } from "../../src/contracts/validate.js";
import { call, files, v1, v2 } from "./world.js";

describe("regraft diff", () => {
  it("shows inserted, removed and edited steps, changed decisions, ways and fields", async () => {
    const { code, out, err } = await call(["diff", "v1.json", "v2.json"], files);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toMatch(/^loan {2}version 1 -> 2/);
    expect(out).toContain("5 -> 6 steps, 2 inserted, 1 removed, 1 edited");
    expect(out).toMatch(/^\+ {2}income +inserted +Income; asks income$/m);
    expect(out).toMatch(/^- {2}fax +removed/m);
    expect(out).toMatch(/^~ {2}offer +edited +differs in description$/m);
    expect(out).toMatch(/^re_route +1 /m);
    expect(out).toMatch(/^income +new fork +income /m);
    expect(out).toMatch(/^added +amount -> income +always$/m);
    expect(out).toContain("added income");
  });

  it("keeps within the width of the terminal", async () => {
    const long = "a-step-with-an-id-that-is-much-longer-than-any-terminal-is-wide-in-practice";
    const wide = { ...v2, steps: v2.steps.map((step) => (step.id === "refusal" ? { ...step, id: long } : step)) };
    const ways = v2.transitions.map((way) => (way.to === "refusal" ? { ...way, to: long } : way));
    const { out } = await call(
      ["diff", "v1.json", "v2.json"],
      { ...files, "v2.json": { ...wide, transitions: ways } },
      { columns: 60 },
    );
    expect(Math.max(...out.split("\n").map((line) => line.length))).toBeLessThanOrEqual(60);
    expect(out).toContain("…");
    const free = await call(
      ["diff", "v1.json", "v2.json"],
      { ...files, "v2.json": { ...wide, transitions: ways } },
      { columns: Infinity },
    );
    expect(free.out).toContain(long);
    expect(free.out).not.toContain("…");
  });

  it("says that nothing differs between a version and its equal", async () => {
    const { code, out } = await call(["diff", "v1.json", "same.json"], {
      ...files,
      "same.json": { ...v1, version: 2 },
    });
    expect(code).toBe(0);
    expect(out).toContain("5 -> 5 steps");
    expect(out).toMatch(/^clean_graft +5 /m);
    expect(out).not.toContain("inserted");
  });

  it("prints the transformation map as JSON that follows its schema", async () => {
    const { out } = await call(["diff", "v1.json", "v2.json", "--json"], files);
    const map = validate("transformation-map", JSON.parse(out));
    expect(map.inserted).toEqual(["income", "refusal"]);
    expect(map.removed).toEqual(["fax"]);
  });

  it("says why each pair of steps belongs together", async () => {
    const { out } = await call(["diff", "v1.json", "v2.json", "--explain"], files);
    expect(out).toContain("offer -> offer (edited): same id; differs in description");
    expect(out).toContain("hello -> hello (content): same content and same id");
  });

  it("uses explicit pairs", async () => {
    const { out } = await call(["diff", "v1.json", "v2.json", "--mapping", "m.json", "--explain"], {
      ...files,
      "m.json": { fax: "refusal" },
    });
    expect(out).toContain("fax -> refusal (explicit): mapped by the plan");
  });

  it("takes answers about edited effects, and none about a step that does not exist", async () => {
    const edited = v1.steps.map((step) => (step.id === "sent" ? { ...step, checkpointDescription: "Sent out" } : step));
    const late = { id: "late", name: "Late" };
    const more = { steps: [...edited, late], transitions: [...v1.transitions, { from: "sent", to: "late" }] };
    const old = { ...v1, ...more, steps: [...v1.steps, late] };
    const given = { "a.json": old, "b.json": { ...v1, ...more, version: 2 } };
    const kindOfLate = async (answer: string) => {
      const args = ["diff", "a.json", "b.json", "--effects", "e.json", "--json"];
      const { out } = await call(args, { ...given, "e.json": { sent: answer } });
      return validate("transformation-map", JSON.parse(out)).anchors.find(({ from }) => from === "late")?.kind;
    };
    expect([await kindOfLate("same"), await kindOfLate("other")]).toEqual(["clean_graft", "gap_fill"]);
    const { code, err } = await call(["diff", "a.json", "b.json", "--effects", "e.json"], {
      ...given,
      "e.json": { snet: "same" },
    });
    expect(code).toBe(2);
    expect(err).toMatch(/^error PLAN\.UNKNOWN_ANCHOR in e\.json .*\/snet$/m);
  });

  it("draws the change for Mermaid, quoting what has a meaning there", async () => {
    const odd = {
      ...v2,
      steps: v2.steps.map((step) => (step.id === "income" ? { ...step, name: 'In|come "x" [y]' } : step)),
    };
    const { out } = await call(["diff", "v1.json", "odd.json", "--mermaid"], { ...files, "odd.json": odd });
    expect(out).toMatchInlineSnapshot(`
      "---
      title: "loan 1 -> 2"
      ---
      flowchart TD
        n0(["Hello"])
        n1["Amount"]
        n2["Offer"]:::edited
        n3[["Sent"]]
        n4["In#124;come #34;x#34; #91;y#93;"]:::inserted
        n5["Refusal"]:::inserted
        o0["Fax"]:::removed
        n0 --> n1
        n1 ==> n4
        n4 ==>|"income #62; 1000"| n2
        n4 ==>|"else"| n5
        n2 --> n3
        n1 -.->|"amount #60; 5000"| n2
        n1 -.->|"else"| o0
        classDef inserted fill:#dafbe1,stroke:#1a7f37,color:#116329
        classDef removed fill:#ffebe9,stroke:#cf222e,color:#a40e26,stroke-dasharray:4
        classDef edited fill:#fff8c5,stroke:#9a6700,color:#633c01
        linkStyle 1 stroke:#1a7f37
        linkStyle 2 stroke:#1a7f37
        linkStyle 3 stroke:#1a7f37
        linkStyle 5 stroke:#cf222e
        linkStyle 6 stroke:#cf222e
      "
    `);
  });

  it("draws the change for Graphviz", async () => {
    const { out } = await call(["diff", "v1.json", "v2.json", "--dot"], files);
    expect(out).toMatch(/^digraph "loan 1 -> 2" \{/);
    expect(out).toContain('n3 [label="Sent", tooltip="sent", shape=box, peripheries=2];');
    expect(out).toContain('o0 [label="Fax", tooltip="fax", shape=box, style="filled,dashed"');
    expect(out).toContain('n4 -> n2 [label="income > 1000", color="#1a7f37", penwidth=2];');
    expect(out.trimEnd().endsWith("}")).toBe(true);
  });

  it("prints the same bytes every time", async () => {
    for (const flags of [[], ["--json"], ["--mermaid"], ["--dot"], ["--explain"]]) {
      const [first, second] = [
        await call(["diff", "v1.json", "v2.json", ...flags], files),
        await call(["diff", "v1.json", "v2.json", ...flags], files),
      ];
      expect(first).toEqual(second);
    }
  });

  it("paints only where it may", async () => {
    const esc = String.fromCharCode(27);
    const plain = await call(["diff", "v1.json", "v2.json"], files);
    const painted = await call(["diff", "v1.json", "v2.json"], files, { colour: { out: true, err: true } });
    expect(plain.out).not.toContain(esc);
    expect(painted.out).toContain(`${esc}[32m+`);
    const json = await call(["diff", "v1.json", "v2.json", "--json"], files, { colour: { out: true, err: true } });
    expect(json.out).not.toContain(esc);
  });

  it("reads a flow of the neutral form and notes on standard error what that decided", async () => {
    const flow = (version: number, rest: object = {}) => ({
      id: "door",
      name: "Door",
      version,
      entry: "ask",
      condition_language: "simple",
      source: {},
      steps: [
        { id: "ask", name: "Ask", kind: "collect", collects: [{ name: "age", type: "number" }] },
        { id: "in", name: "In", kind: "end" },
      ],
      transitions: [{ from: "ask", to: "in", condition: "member == true", ...rest }],
    });
    const { code, out, err } = await call(["diff", "a.json", "b.json"], { "a.json": flow(1), "b.json": flow(2) });
    expect(code).toBe(0);
    expect(out).toContain("version 1 -> 2");
    expect(err).toContain("note: a.json is a flow of another form; the conversion had to decide: field_from_host 1");
  });
});
