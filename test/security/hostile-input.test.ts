import { describe, expect, it } from "vitest";
import { attempt } from "../../scripts/fuzz/attempt.js";
import { hostileTexts, hostileValues, mutated } from "../../scripts/fuzz/hostile.js";
import { type Target, targets } from "../../scripts/fuzz/targets.js";
import { seededRandom } from "../../src/testing/random.js";

const isCheap = ({ name }: Target): boolean => !name.startsWith("regraft.");

describe("hostile input", () => {
  it.each(targets.filter(isCheap))("is taken or refused by an error of the catalogue: $name", async (target) => {
    for (const input of [...hostileValues(), ...hostileTexts]) expect(await attempt(target, input)).toBeUndefined();
  });

  it.each(targets)("within a document that is otherwise taken changes nothing of that: $name", async (target) => {
    const random = seededRandom(20);
    for (let left = isCheap(target) ? 10 : 4; left > 0; left -= 1) {
      expect(await attempt(target, mutated(target.sample, random))).toBeUndefined();
    }
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
});
