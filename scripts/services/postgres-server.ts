import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { freePort } from "./free-port.js";
import { program } from "./programs.js";
import type { Service } from "./service.js";

const account = "postgres";

/** Runs a program of PostgreSQL, which refuses to run as root. */
function runAs(root: boolean, path: string, args: readonly string[]): void {
  const [command, all] = root ? ["runuser", ["-u", account, "--", path, ...args]] : [path, [...args]];
  const { status, stderr, error } = spawnSync(command, all, {
    encoding: "utf8",
    stdio: ["ignore", "ignore", "pipe"],
    cwd: "/",
  });
  if (status !== 0) throw new Error(`${path} ${args[0] ?? ""} ended with ${status}: ${stderr || error?.message}`);
}

/**
 * A PostgreSQL cluster of its own in a temporary directory, on a free port of this host. A commit survives a crash of the server,
 * not one of the machine (`fsync` is off).
 */
export async function startPostgres(): Promise<Service> {
  const initdb = program("initdb", "postgresql");
  const ctl = join(dirname(initdb), "pg_ctl");
  const directory = mkdtempSync(join(tmpdir(), "regraft-postgres-"));
  const root = process.getuid?.() === 0;
  if (root && spawnSync("chown", [account, directory]).status !== 0) {
    rmSync(directory, { recursive: true });
    throw new Error(`there is no account ${account} that could run the server`);
  }
  chmodSync(directory, 0o700);
  const data = join(directory, "data");
  const port = await freePort();
  const settings = [
    `-p ${port} -k ${directory}`,
    ...["listen_addresses=127.0.0.1", "max_connections=300", "fsync=off", "full_page_writes=off"].map(
      (one) => `-c ${one}`,
    ),
  ].join(" ");
  const pgCtl = (...args: readonly string[]) =>
    runAs(root, ctl, ["-D", data, "-w", "-l", join(directory, "log"), ...args]);
  try {
    runAs(root, initdb, ["-D", data, "-A", "trust", "-U", account, "-E", "UTF8", "--no-locale", "--no-sync"]);
    pgCtl("-o", settings, "start");
  } catch (error) {
    rmSync(directory, { recursive: true });
    throw error;
  }
  return {
    url: `postgres://${account}@127.0.0.1:${port}/postgres`,
    crash: async () => pgCtl("-m", "immediate", "-o", settings, "restart"),
    stop: async () => {
      try {
        pgCtl("-m", "immediate", "stop");
      } finally {
        rmSync(directory, { recursive: true, force: true });
      }
    },
  };
}
