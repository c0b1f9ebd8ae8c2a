import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import { sha256Hex } from "../hash/sha256.js";

/** How long a lock of another host name may be held, in milliseconds; locks are held for the time of a few writes. */
const foreignLockMs = 60_000;

/** Who works on a directory: names of locks and temporary files carry it. */
export interface Owner {
  /** Lower case letters, digits and hyphens. */
  readonly tag: string;
  /** A text for the name of something that is held from now on. */
  stamp(): string;
  /** Whether whoever stamped this text has ended for sure. */
  isDead(stamp: string): boolean;
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

/** When a process started, in ticks since the machine did; empty where the host does not tell. */
function startOf(pid: number): string {
  const stat = textOf(`/proc/${pid}/stat`);
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "";
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

/**
 * This process as an owner. A number of a process that ended is given to another one later, so the time of its start
 * belongs to its name, and so does the start of the machine.
 */
export function processOwner(): Owner {
  const host = sha256Hex(hostname()).slice(0, 8);
  const boot = sha256Hex(textOf("/proc/sys/kernel/random/boot_id")).slice(0, 8);
  const tag = `${process.pid}-${startOf(process.pid)}-${boot}-${host}-${randomBytes(6).toString("hex")}`;
  return {
    tag,
    stamp: () => `${tag}-${Date.now()}`,
    isDead: (stamp) => {
      const [pid = "", start = "", itsBoot = "", itsHost = "", , sinceMs = ""] = stamp.split("-");
      if (itsHost !== host) return Date.now() - Number(sinceMs) > foreignLockMs;
      if (itsBoot !== boot || !isRunning(Number(pid))) return true;
      const startNow = startOf(Number(pid));
      return startNow !== "" && startNow !== start;
    },
  };
}
