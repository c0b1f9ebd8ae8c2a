import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { openPglite } from "../../src/cli/store-pglite.js";

const base = mkdtempSync(join(tmpdir(), "regraft-pglite-"));
afterAll(() => rmSync(base, { recursive: true }));

/** Stands for PGlite, which does not notice that somebody else has the directory open. */
function databases() {
  let [open, most] = [0, 0];
  const create = async (directory: string) => {
    writeFileSync(join(directory, "PG_VERSION"), "17\n");
    open += 1;
    most = Math.max(most, open);
    return {
      query: async () => ({ rows: [] }),
      close: async () => {
        open -= 1;
      },
    };
  };
  return { create, most: () => most, open: () => open };
}

describe("the directory of an embedded database", () => {
  it("is open once at a time: whoever comes meanwhile waits until it is closed", async () => {
    const { create, most, open } = databases();
    const directory = join(base, "shared", "database");
    const order: string[] = [];
    const command = async (name: string) => {
      const { close } = await openPglite(directory, create, { create: true });
      order.push(`${name} in`);
      await new Promise((done) => setImmediate(done));
      order.push(`${name} out`);
      await close();
    };
    await Promise.all([command("a"), command("b"), command("c")]);
    expect([most(), open()]).toEqual([1, 0]);
    for (let at = 0; at < order.length; at += 2) expect(order[at + 1]).toBe(order[at]?.replace("in", "out"));
  });

  it("is free again where the database could not be opened", async () => {
    const directory = join(base, "broken");
    const failing = async () => {
      throw new Error("data is corrupt");
    };
    for (let tries = 0; tries < 2; tries += 1) {
      await expect(openPglite(directory, failing, { create: true })).rejects.toMatchObject({
        code: "STORE.UNAVAILABLE",
        details: { file: directory },
      });
    }
    await (await openPglite(directory, databases().create, { create: true })).close();
  });

  it("is refused, untouched, where it holds something else or is a file", async () => {
    const directory = join(base, "foreign");
    mkdirSync(directory);
    writeFileSync(join(directory, "notes.txt"), "mine");
    const { create, most } = databases();
    await expect(openPglite(directory, create, { create: true })).rejects.toMatchObject({
      code: "STORE.LAYOUT_UNKNOWN",
    });
    expect(readdirSync(directory)).toEqual(["notes.txt"]);
    await expect(openPglite(join(directory, "notes.txt"), create, { create: true })).rejects.toMatchObject({
      code: "STORE.DAMAGED",
    });
    expect(most()).toBe(0);
  });
});
