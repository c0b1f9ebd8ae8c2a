import { readFileSync } from "node:fs";
import { z } from "zod";
import { readManifest } from "./lib/manifest.js";

const allowedLicences: ReadonlySet<string> = new Set([
  "MIT",
  "ISC",
  "Apache-2.0",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "0BSD",
]);
const installScripts = ["preinstall", "install", "postinstall"];

const allowedShape = z.record(z.string(), z.string());
const installedShape = z.object({
  license: z.string().optional(),
  scripts: z.record(z.string(), z.string()).optional(),
});
const lockShape = z.object({
  packages: z.record(z.string(), z.object({ resolved: z.string().optional(), link: z.boolean().optional() })),
});

function readJson<T>(path: string, shape: z.ZodType<T>): T {
  return shape.parse(JSON.parse(readFileSync(path, "utf8")));
}

function checkRuntime(): string[] {
  const { dependencies } = readManifest();
  const allowed = readJson("scripts/allowed-dependencies.json", allowedShape);
  const found: string[] = [];
  for (const [name, range] of Object.entries(dependencies)) {
    if (!Object.hasOwn(allowed, name)) found.push(`${name}: not in scripts/allowed-dependencies.json`);
    if (!range.startsWith("^")) found.push(`${name}: ${range} is not a ^ range`);
    const installed = readJson(`node_modules/${name}/package.json`, installedShape);
    if (!allowedLicences.has(installed.license ?? "")) found.push(`${name}: licence ${installed.license ?? "unknown"}`);
    const hooks = installScripts.filter((hook) => Object.hasOwn(installed.scripts ?? {}, hook));
    if (hooks.length > 0) found.push(`${name}: runs code when it is installed (${hooks.join(", ")})`);
  }
  for (const name of Object.keys(allowed)) {
    if (!Object.hasOwn(dependencies, name)) found.push(`${name}: allowed, but no dependency`);
  }
  return found;
}

/** A lock file that names a registry host installs only where that host answers. */
function checkLock(): string[] {
  const { packages } = readJson("package-lock.json", lockShape);
  return Object.entries(packages).flatMap(([path, entry]) =>
    entry.resolved === undefined ? [] : [`package-lock.json: ${path} is bound to ${entry.resolved}`],
  );
}

function main(): void {
  const found = [...checkRuntime(), ...checkLock()];
  for (const line of found) console.log(line);
  console.log(found.length === 0 ? "dependencies: as allowed" : `dependencies: ${found.length} finding(s)`);
  process.exitCode = found.length === 0 ? 0 : 1;
}

main();
