import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";

/** In memory where the host has such a place: these tests write thousands of small files. */
const parent = existsSync("/dev/shm") ? "/dev/shm" : tmpdir();

/** Hands out names of directories that do not exist yet; they are removed after the tests of the file. */
export function freshDirectories(): () => string {
  const base = mkdtempSync(join(parent, "regraft-file-"));
  let made = 0;
  afterAll(() => rmSync(base, { recursive: true, force: true }));
  return () => {
    made += 1;
    return join(base, String(made));
  };
}
