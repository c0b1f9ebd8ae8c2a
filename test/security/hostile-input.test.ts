import { beforeAll, describe, expect, it } from "vitest";
import { attempt } from "../../scripts/fuzz/attempt.js";
import { type Target, targets } from "../../scripts/fuzz/targets.js";
import { type Found, type Part, watched } from "../../scripts/fuzz/watchdog.js";

const isCheap = ({ name }: Target): boolean => !name.startsWith("regraft.");

describe("hostile input", () => {
  let found: Found = { tried: 0, failures: [] };
  beforeAll(async () => {
    found = await watched({ seed: 20, silenceMs: 30_000 });
  }, 300_000);

  const failures = (name: string, of: Part) =>
    found.failures.filter(({ target, part }) => target === name && part === of);

  it.each(targets.filter(isCheap))("is taken or refused by an error of the catalogue: $name", ({ name }) => {
    expect(failures(name, "value")).toEqual([]);
  });

  it.each(targets)("within a document that is otherwise taken changes nothing of that: $name", ({ name }) => {
    expect(failures(name, "document")).toEqual([]);
  });

  it("is given to every target", () => {
    expect(found.tried).toBeGreaterThan(targets.length * 4);
  });

  it("is noticed by the harness itself when it breaks something", async () => {
    const crash: Target = { name: "crash", sample: {}, call: () => (undefined as unknown as { x: { y: number } }).x.y };
    const pollute: Target = {
      name: "pollute",
      sample: {},
      call: () => Object.assign(Object.prototype, { polluted: 1 }),
    };
    expect(await attempt(crash, 1)).toContain("crash threw TypeError");
    expect(await attempt(pollute, 1)).toContain("changed what every object inherits");
    expect("polluted" in {}).toBe(false);
  });

  it("that a target does not come back from is named, and the other targets go on", async () => {
    const module = new URL("./hanging-targets.ts", import.meta.url).href;
    const { failures, tried } = await watched({ module, seed: 1, silenceMs: 1500 });
    expect(failures.map(({ target }) => target)).toEqual(["endless", "silent", "last"]);
    expect(failures[0]?.what).toMatch(/^endless did not come back within 1500 ms from input \d+ of seed 1: NaN$/);
    expect(failures[1]?.what).toMatch(/^silent did not come back within 1500 ms from input \d+ of seed 1: ''$/);
    expect(failures[2]?.what).toContain("last threw TypeError: not this");
    expect(tried).toBeGreaterThan(100);
  });
});
