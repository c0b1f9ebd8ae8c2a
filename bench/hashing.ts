import { createHash } from "node:crypto";
import canonicalize from "canonicalize";
import objectHash from "object-hash";
import { hash as ohash } from "ohash";
import type { Step } from "../src/contracts/types.js";
import { canonicalJson } from "../src/hash/canonical-json.js";
import { contentHash, contentParts } from "../src/scenario/content-hash.js";
import { compare, print } from "./rounds.js";
import { versionPair } from "./scenarios.js";

/** G1: content hashes of all steps against one SHA-256 over the same bytes, and against the libraries. */
export function benchHashing(steps: number, rounds: number): void {
  const list: readonly Step[] = versionPair({ seed: 1, steps }).from.steps;
  const parts = list.map(contentParts);
  const bytes = Buffer.from(parts.map((part) => canonicalJson(part)).join(""));
  const ours = { name: "ours", run: () => list.map(contentHash) };
  const against = (name: string, run: () => unknown, limit: number) => {
    const ratio = compare({ name, run }, [ours], rounds).get("ours");
    if (ratio !== undefined)
      print({ goal: "G1", what: `all content hashes / ${name}`, steps, spread: ratio, limit: { atMost: limit } });
  };
  against("one SHA-256 of the bytes", () => createHash("sha256").update(bytes).digest("hex"), 5);
  against(
    "canonicalize + createHash",
    () =>
      parts.map((part) =>
        createHash("sha256")
          .update(canonicalize(part) ?? "")
          .digest("hex"),
      ),
    0.33,
  );
  if (steps > 10_000) return;
  against("ohash", () => parts.map((part) => ohash(part)), 0.7);
  against("object-hash", () => parts.map((part) => objectHash(part)), 0.12);
}
