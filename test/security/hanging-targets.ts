import type { Target } from "../../scripts/fuzz/target.js";

/** A target that works, one that never ends, one that never answers, and one that works again. */
export const targets: readonly Target[] = [
  { name: "first", sample: { a: 1 }, call: () => undefined },
  {
    name: "endless",
    sample: { a: 1 },
    call: (input: unknown) => {
      while (typeof input === "number") Math.random();
    },
  },
  {
    name: "silent",
    sample: { a: 1 },
    call: (input: unknown) => (input === "" ? new Promise(() => undefined) : undefined),
  },
  {
    name: "last",
    sample: { a: 1 },
    call: (input: unknown) => {
      if (input === true) throw new TypeError("not this");
    },
  },
];
