import { createHash, hash as hashOnce } from "node:crypto";
import canonicalize from "canonicalize";
import objectHash from "object-hash";
import { hash as ohash } from "ohash";
import { contentHash, contentParts, contentText } from "../src/scenario/content-hash.js";
import { race } from "./measure.js";
import { type Bench, timesOf } from "./report.js";
import { versionPair } from "./scenarios.js";

const bound = "bound: SHA-256 of all canonical bytes, one buffer";
const ours = "contentHash of each step";
const peers = { jcs: "canonicalize + createHash", object: "object-hash", ohash: "ohash" };

/** Content hashes of all steps of a version, against the bound and other packages. */
export async function hashSuite({ isQuick, emit }: Bench): Promise<void> {
  for (const size of isQuick ? [50, 500, 5000] : [50, 500, 5000, 32_000, 100_000]) {
    const { steps } = versionPair({ seed: 1, steps: size }).from;
    const parts = steps.map(contentParts);
    const bytes = Buffer.from(steps.map(contentText).join(""));
    const jcs = () =>
      parts.map(
        (part) =>
          `r1:${createHash("sha256")
            .update(canonicalize(part) ?? "")
            .digest("hex")}`,
      );
    const isEqual = jcs().every((text, at) => text === contentHash(steps[at] ?? { id: "" }));
    const measured = await race(
      [
        { name: bound, run: () => hashOnce("sha256", bytes, "hex") },
        { name: ours, run: () => steps.map(contentHash) },
        { name: peers.jcs, run: jcs },
        { name: peers.ohash, run: () => parts.map(ohash) },
        ...(size > 5000
          ? []
          : [{ name: peers.object, run: () => parts.map((part) => objectHash(part, { algorithm: "sha256" })) }]),
      ],
      { rounds: 9 },
    );
    const names = [bound, ours, peers.jcs, peers.ohash, ...(size > 5000 ? [] : [peers.object])];
    for (const row of timesOf("hash", size, names, measured)) emit(row);
    const isGate = size >= 5000;
    const judge = (what: string, against: string, atMost: number) =>
      emit({ suite: "hash", size, what, value: measured.ratio(ours, against), goal: { id: "G1", atMost, isGate } });
    judge("contentHash / bound", bound, 5);
    judge(`contentHash / ${peers.jcs}`, peers.jcs, 0.33);
    judge(`contentHash / ${peers.ohash}`, peers.ohash, 0.7);
    if (size <= 5000) judge(`contentHash / ${peers.object}`, peers.object, 0.12);
    emit({
      suite: "hash",
      size,
      what: "equal to canonicalize + SHA-256 (1 = yes)",
      value: Number(isEqual),
      goal: { id: "-", atLeast: 1, isGate: true },
    });
  }
}
