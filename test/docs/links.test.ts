import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { documents } from "./snippets.js";

/** The anchors that headings of a document give. */
function anchorsOf(file: string): Set<string> {
  const headings = readFileSync(file, "utf8").matchAll(/^#+ (.+)$/gm);
  const slug = (text: string) =>
    text
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s-]/gu, "")
      .replace(/\s/g, "-");
  return new Set([...headings].map(([, text = ""]) => slug(text)));
}

describe("links between documents", () => {
  it.each(documents)("of %s lead somewhere", (file) => {
    const text = readFileSync(file, "utf8").replace(/^```[\s\S]*?^```$/gm, "");
    const broken = [...text.matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, target = ""]) => {
      if (/^https?:/.test(target)) return [];
      const [path = "", anchor] = target.split("#");
      const place = path === "" ? file : join(dirname(file), path);
      const found = existsSync(place) && (anchor === undefined || anchorsOf(place).has(anchor));
      return found ? [] : [target];
    });
    expect(broken).toEqual([]);
  });
});
