import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { delimiter, join } from "node:path";

/** Debian keeps the programs of a cluster out of the search path, a directory for each version. */
function debianDirectories(): string[] {
  const root = "/usr/lib/postgresql";
  if (!existsSync(root)) return [];
  const versions = readdirSync(root).sort((a, b) => Number(b) - Number(a));
  return versions.map((version) => join(root, version, "bin"));
}

function find(name: string): string | undefined {
  const directories = [...(process.env.PATH ?? "").split(delimiter), ...debianDirectories()];
  return directories.map((directory) => join(directory, name)).find((path) => existsSync(path));
}

/** Installs a package where that can be done without asking: as root, with apt. */
function install(aptPackage: string): void {
  const path = find("apt-get");
  if (process.getuid?.() !== 0 || path === undefined) return;
  const environment = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const apt = (...args: readonly string[]) => spawnSync(path, args, { env: environment, encoding: "utf8" });
  if (apt("install", "-y", "-q", aptPackage).status === 0) return;
  apt("update", "-q");
  apt("install", "-y", "-q", aptPackage);
}

/**
 * The path of a program of a server, which is installed if that is possible.
 *
 * @throws Error that says which package is missing
 */
export function program(name: string, aptPackage: string): string {
  const present = find(name);
  if (present !== undefined) return present;
  install(aptPackage);
  const installed = find(name);
  if (installed !== undefined) return installed;
  throw new Error(`${name} is not installed and could not be installed: it is in the package ${aptPackage} of Debian`);
}
