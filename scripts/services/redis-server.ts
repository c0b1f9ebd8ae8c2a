import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createConnection } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { freePort } from "./free-port.js";
import { program } from "./programs.js";
import type { Service } from "./service.js";

const patienceMs = 60_000;

/** What the server answers to a ping: `+PONG`, or that it is still reading its data; undefined if nobody listens. */
function ping(port: number): Promise<string | undefined> {
  return new Promise((answer) => {
    const socket = createConnection(port, "127.0.0.1", () => socket.write("PING\r\n"));
    socket.once("data", (data) => {
      answer(data.toString());
      socket.destroy();
    });
    socket.once("error", () => answer(undefined));
  });
}

/**
 * A Redis server of its own in a temporary directory, on a free port of this host, that writes down every command.
 *
 * @param settings - further arguments of the server
 */
export async function startRedis(settings: readonly string[] = []): Promise<Service> {
  const path = program("redis-server", "redis-server");
  const directory = mkdtempSync(join(tmpdir(), "regraft-redis-"));
  const port = await freePort();
  const options = ["--port", String(port), "--bind", "127.0.0.1", "--dir", directory, "--save", ""];
  const durable = ["--appendonly", "yes", "--appendfsync", "always"];
  let server: ChildProcess;

  const start = async () => {
    server = spawn(path, [...options, ...durable, ...settings], { stdio: "ignore", cwd: directory });
    server.once("error", () => undefined);
    const end = Date.now() + patienceMs;
    while (!(await ping(port))?.startsWith("+PONG")) {
      if (server.exitCode !== null || Date.now() > end) throw new Error(`${path} does not start in ${directory}`);
      await wait(20);
    }
  };
  const kill = async () => {
    if (server.exitCode !== null || server.signalCode !== null) return;
    const ended = once(server, "exit");
    server.kill("SIGKILL");
    await ended;
  };
  const stop = async () => {
    await kill();
    rmSync(directory, { recursive: true, force: true });
  };
  try {
    await start();
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    url: `redis://127.0.0.1:${port}`,
    crash: async () => {
      await kill();
      await start();
    },
    stop,
  };
}
