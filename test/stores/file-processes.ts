import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { fileStore } from "../../src/stores/file.js";

function start(script: string, args: readonly string[]): ChildProcess {
  const path = fileURLToPath(new URL(script, import.meta.url));
  return fork(path, args, { execArgv: ["--import", "tsx"], stdio: ["ignore", "pipe", "inherit", "ipc"] });
}

/** What a writer was told to be done: the token of each write, by what was written. */
export type Acknowledged = ReadonlyMap<string, readonly string[]>;

/** Lets a process write until it has acknowledged that many writes, and kills it there, whatever it is doing then. */
export async function writeAndKill(directory: string, writes: number, sessions = 3): Promise<Acknowledged> {
  const child = start("./file-writer.ts", [directory, String(sessions)]);
  const done = new Map<string, string[]>();
  let seen = 0;
  const lines = createInterface({ input: child.stdout! });
  const closed = once(lines, "close");
  lines.on("line", (line) => {
    const [what = "", token = ""] = line.split(" ");
    done.set(what, [...(done.get(what) ?? []), token]);
    seen += 1;
    if (seen === writes) child.kill("SIGKILL");
  });
  await Promise.all([once(child, "exit"), closed]);
  return done;
}

/** What a reader in another process saw while versions were published one after the other. */
export interface Reading {
  readonly reads: number;
  /** How often there was no live version, or an earlier one than before. */
  readonly misses: number;
  readonly latest: number;
}

/** Publishes that many versions, each a document and the pointer to it, beside a reader in another process. */
export async function publishBesideReader(directory: string, publishes: number): Promise<Reading> {
  const store = fileStore(directory, { fsync: false });
  const live = { kind: "live", tenantId: "", id: "flow" };
  let before: string | undefined;
  const publish = async (n: number) => {
    const { digest } = await store.put({ ...live, body: { n } });
    await store.cas(live, before, digest);
    before = digest;
  };
  await publish(0);
  const child = start("./file-reader.ts", [directory]);
  await once(child, "message");
  for (let n = 1; n <= publishes; n += 1) await publish(n);
  const answer = once(child, "message");
  child.send("stop");
  const [reading] = (await answer) as [Reading];
  await once(child, "exit");
  return reading;
}

/** What processes were told that appended the same records under the same keys at the same time. */
export async function appendTogether(directory: string, processes: number, keys: number): Promise<unknown[][]> {
  const children = Array.from({ length: processes }, () => start("./file-appender.ts", [directory, String(keys)]));
  await Promise.all(children.map((child) => once(child, "message")));
  const answers = children.map((child) => once(child, "message"));
  for (const child of children) child.send("go");
  const told = (await Promise.all(answers)).map(([outcomes]) => outcomes as unknown[]);
  await Promise.all(children.map((child) => child.exitCode ?? once(child, "exit")));
  return told;
}
