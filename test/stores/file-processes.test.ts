import { describe, expect, it } from "vitest";
import { fileStore } from "../../src/stores/file.js";
import { freshDirectories } from "./file-directories.js";
import { type Acknowledged, appendTogether, publishBesideReader, writeAndKill } from "./file-processes.js";
import { expectAllSurvived } from "./file-survival.js";

const freshDirectory = freshDirectories();
/** `npm run chaos:files` takes longer. */
const isLong = process.env.REGRAFT_CHAOS === "long";
const rounds = isLong ? 30 : 2;
const publishes = isLong ? 2000 : 500;
const timeout = isLong ? 600_000 : 60_000;

describe("processes at one directory", () => {
  it(
    "that are killed in the middle of writing lose nothing that was acknowledged, and leave nothing half done",
    async () => {
      const directory = freshDirectory();
      const acknowledged: Acknowledged[] = [];
      for (let round = 0; round < rounds; round += 1) {
        const writers = [41, 60].map((writes) => writeAndKill(directory, writes + 7 * round));
        acknowledged.push(...(await Promise.all(writers)));
        await expectAllSurvived(directory, acknowledged);
      }
    },
    timeout,
  );

  it(
    "that append the same records under one key append them once, and all hear the same",
    async () => {
      const directory = freshDirectory();
      const keys = 20;
      const told = await appendTogether(directory, 3, keys);
      for (let n = 0; n < keys; n += 1) {
        const seqs = told.map((outcomes) => outcomes[n] as { ok: boolean; seq: number; repeated: boolean });
        expect(seqs.map(({ ok }) => ok)).toEqual([true, true, true]);
        expect(new Set(seqs.map(({ seq }) => seq)).size).toBe(1);
        expect(seqs.filter(({ repeated }) => !repeated)).toHaveLength(1);
      }
      const journal = { kind: "journal", tenantId: "", id: "j" };
      const { entries, head } = await fileStore(directory).read(journal, { limit: 99 });
      expect(head).toBe(2 * keys);
      expect(entries.map(({ seq }) => seq)).toEqual(Array.from({ length: 2 * keys }, (_, n) => n + 1));
    },
    timeout,
  );

  it(
    "never miss the live version while others are published",
    async () => {
      const { reads, misses, latest } = await publishBesideReader(freshDirectory(), publishes);
      expect(misses).toBe(0);
      expect(latest).toBeGreaterThan(0);
      expect(reads).toBeGreaterThan(100);
    },
    timeout,
  );
});
