import { describe, expect, it } from "vitest";
import { drills, runDrillNamed } from "../../src/tools/drill.js";
import { need } from "../../src/tools/drill-world.js";
import { call } from "./world.js";

describe("regraft drill", () => {
  it.each(Object.keys(drills))("%s breaks a store, recovers it, and the doctor is content", async (name) => {
    const { code, out } = await call(["drill", name, "--json"], {});
    expect([code, JSON.parse(out)]).toEqual([0, [{ name, ok: true }]]);
  });

  it("has a drill for each fault of the runbook, and knows no other", async () => {
    const { out } = await call(["drill", "--json"], {});
    expect(JSON.parse(out).map(({ name }: { name: string }) => name)).toEqual([
      "corrupted-tail",
      "crashed-publish",
      "stuck-lock",
      "poison-session",
      "lost-store",
      "replay",
    ]);
    expect((await call(["drill"], {})).out).toContain("Nothing was run: name one of them, or give --all.");
    expect((await call(["drill", "earthquake"], {})).code).toBe(2);
    expect((await call(["drill", "replay", "--all"], {})).code).toBe(2);
  });

  it("fails where a recovery does not come to what it should", async () => {
    const result = await runDrillNamed("broken", {
      says: "",
      run: async () => need(false, "entries were lost"),
    });
    expect(result).toEqual({ name: "broken", ok: false, problem: "entries were lost" });
  });
});
