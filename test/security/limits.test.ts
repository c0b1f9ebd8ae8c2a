import { describe, expect, it } from "vitest";
import { bench, flow, roll, walk } from "../engine/helpers.js";

const v1 = flow(1, "A > B > C");
const v2 = flow(2, "A > X^ > B > C");
const invalid = (path: string) =>
  expect.objectContaining({ code: "INPUT.INVALID", details: expect.objectContaining({ path }) });

describe("what callers pass in is bounded", () => {
  const limits = { limits: { maxVariableBytes: 1000, maxSteps: 3 } };
  const long = "x".repeat(1001);

  it("in the data of a session, wherever it comes from", async () => {
    const { regraft } = bench({ config: limits });
    await regraft.publish(v1);
    const tooMuch = { note: long };
    await expect(regraft.startSession({ scenarioId: "flow", id: "s1", variables: tooMuch })).rejects.toThrow(
      invalid("/variables"),
    );
    await walk(regraft, "s1", ["B"]);
    await expect(regraft.update("s1", { variables: tooMuch })).rejects.toThrow(invalid("/variables"));
    const session = await regraft.session("s1");
    await expect(regraft.importSession({ ...session, id: "s2", variables: tooMuch })).rejects.toThrow(
      invalid("/variables"),
    );
  });

  it("in evidence, names of deciders and ids of messages", async () => {
    const { regraft } = bench({ config: { limits: { maxVariableBytes: 1000 } } });
    await regraft.publish(v1);
    await walk(regraft, "s1", ["B"]);
    await roll(regraft, v1, v2);
    await regraft.reconcile("s1");
    await expect(regraft.completeAction("s1", "X", { evidence: { long } })).rejects.toThrow(invalid("/evidence"));
    await expect(regraft.hold("s1", { by: "x".repeat(513) })).rejects.toThrow(invalid("/by"));
    await expect(regraft.reconcile("s1", { messageId: "x".repeat(513) })).rejects.toThrow(invalid("/messageId"));
    expect(() => regraft.forTenant("x".repeat(513))).toThrow(invalid("/tenantId"));
  });

  it("in the number of steps", async () => {
    const { regraft } = bench({ config: limits });
    await expect(regraft.publish(v2)).rejects.toThrow(expect.objectContaining({ code: "SCENARIO.TOO_LARGE" }));
  });
});
