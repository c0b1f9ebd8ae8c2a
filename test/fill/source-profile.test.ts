import { describe, expect, it } from "vitest";
import { profileSource } from "../../src/fill/source-profile.js";
import type { FieldRequest } from "../../src/ports/field-source.js";
import type { ProfilePort } from "../../src/ports/profile.js";
import { flow } from "../engine/helpers.js";

const at = "2026-03-02T09:00:00.000Z";

function asking(customerId?: string): FieldRequest {
  const session = {
    tenantId: "",
    id: "s1",
    scenarioId: "flow",
    scenarioVersion: 1,
    scenarioChecksum: `r1:${"0".repeat(64)}`,
    stepId: "A",
    stepHistory: [],
    passedCheckpoints: [],
    variables: {},
    status: "active" as const,
    createdAt: at,
    updatedAt: at,
    lastActivityAt: at,
    revision: 1,
    ...(customerId === undefined ? {} : { customerId }),
  };
  const fields = [{ name: "day", type: "date" as const }];
  return { session, scenario: flow(2, "A"), fields, at, maxTurns: 20, signal: new AbortController().signal };
}

describe("a profile as a source", () => {
  it("gives values in the canonical form of their field", async () => {
    const source = profileSource({ load: async () => ({ day: { value: "9 March 2026", confidence: 0.9 } }) });
    expect(await source.find(asking("c1"))).toEqual([{ field: "day", value: "2026-03-09", confidence: 0.9 }]);
    expect(await source.find(asking())).toEqual([]);
  });

  it.each([
    ["2026-03-09"],
    [5],
    [{ day: "2026-03-09" }],
  ])("says that %j is no value of a profile, instead of finding nothing", async (known) => {
    const load = async () => ({ day: known });
    const source = profileSource({ load } as unknown as ProfilePort);
    await expect(source.find(asking("c1"))).rejects.toMatchObject({
      code: "INPUT.INVALID",
      details: { path: "/day", expected: "{ value, confidence?, at? }" },
    });
  });
});
