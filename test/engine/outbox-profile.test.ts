import { describe, expect, it } from "vitest";
import type { FieldSource, OutboxItem } from "../../src/index.js";
import { twoStores, walking } from "./two-stores.js";

describe("what a profile has to be told", () => {
  const at = "2026-03-01T09:00:00.000Z";
  const items = ["p1", "p2"].map((id): OutboxItem => ({ id, kind: "profile", at, customerId: "c1" }));

  /** A session whose last write has left two items for the profile, which is away at first. */
  async function withProfile() {
    const heard: string[] = [];
    const profile = { isAway: true };
    const source: FieldSource = {
      name: "crm",
      kind: "profile",
      find: async () => [],
      save: async ({ id }) => {
        if (profile.isAway) throw new Error("the crm is away");
        heard.push(id);
      },
    };
    const made = twoStores([source]);
    await walking(made.regraft);
    const session = await made.regraft.session("s1");
    await made.sessions.commit({ session: { ...session, outbox: items }, expectedRevision: session.revision });
    return { ...made, heard, profile };
  }

  it("goes along with the next writes until it is delivered, in order and once by one process", async () => {
    const { regraft, heard, profile } = await withProfile();
    await regraft.update("s1", { variables: { n: 1 } });
    const kinds = (await regraft.session("s1")).outbox?.map(({ id, kind }) => (kind === "ledger" ? kind : id));
    expect(kinds).toEqual(["ledger", "p1", "p2"]);
    profile.isAway = false;
    await regraft.update("s1", { variables: { n: 2 } });
    await regraft.update("s1", { variables: { n: 3 } });
    expect(heard).toEqual(["p1", "p2"]);
    expect((await regraft.session("s1")).outbox?.map(({ kind }) => kind)).toEqual(["ledger"]);
  });

  it("is delivered by a sweep, which names the sessions where it could not", async () => {
    const { open, heard, profile } = await withProfile();
    expect(await open().deliver()).toEqual({ scanned: 1, delivered: 0, failed: ["s1"] });
    profile.isAway = false;
    expect(await open().deliver()).toEqual({ scanned: 1, delivered: 2, failed: [] });
    expect(heard).toEqual(["p1", "p2"]);
  });
});
