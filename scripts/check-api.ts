import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Extractor, ExtractorConfig, type ExtractorMessage } from "@microsoft/api-extractor";
import { buildIfStale } from "./lib/build.js";
import { codeEntries, type Entry, readManifest } from "./lib/manifest.js";

const reports = "etc";

function reportName({ subpath }: Entry): string {
  return subpath === "." ? "index" : subpath.slice(2).replaceAll("/", "-");
}

function configOf(entry: Entry, temporary: string): ExtractorConfig {
  return ExtractorConfig.prepare({
    configObjectFullPath: undefined,
    packageJsonFullPath: resolve("package.json"),
    configObject: {
      projectFolder: process.cwd(),
      mainEntryPointFilePath: resolve(entry.types),
      newlineKind: "lf",
      compiler: {
        overrideTsconfig: {
          compilerOptions: {
            module: "NodeNext",
            target: "ES2022",
            lib: ["ES2023", "DOM"],
            strict: true,
            skipLibCheck: true,
          },
          files: [resolve(entry.types)],
        },
      },
      apiReport: {
        enabled: true,
        reportFileName: reportName(entry),
        reportFolder: resolve(reports),
        reportTempFolder: temporary,
        includeForgottenExports: true,
      },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
    },
  });
}

/** Whether the declarations of the entry say what its report in `etc` says; with `update`, rewrites the report. */
function checkEntry(entry: Entry, temporary: string, update: boolean): boolean {
  const messages: string[] = [];
  const result = Extractor.invoke(configOf(entry, temporary), {
    localBuild: update,
    showVerboseMessages: false,
    messageCallback: (message: ExtractorMessage) => {
      if (message.logLevel === "error") messages.push(message.text);
      message.handled = true;
    },
  });
  const name = `${reports}/${reportName(entry)}.api.md`;
  for (const text of messages) console.log(`${name}: ${text}`);
  if (!result.apiReportChanged) return messages.length === 0;
  console.log(
    update ? `${name}: written` : `${name}: the public API differs; read the change, then npm run api:update`,
  );
  return update && messages.length === 0;
}

function main(): void {
  const update = process.argv.includes("--update");
  buildIfStale();
  mkdirSync(reports, { recursive: true });
  const temporary = mkdtempSync(join(tmpdir(), "regraft-api-"));
  const entries = codeEntries(readManifest());
  const good = entries.map((entry) => checkEntry(entry, temporary, update));
  rmSync(temporary, { recursive: true, force: true });
  const known = new Set(entries.map((entry) => `${reportName(entry)}.api.md`));
  const orphans = readdirSync(reports).filter((name) => name.endsWith(".api.md") && !known.has(name));
  for (const name of orphans) console.log(`${reports}/${name}: belongs to no subpath of package.json`);
  process.exitCode = good.every(Boolean) && orphans.length === 0 ? 0 : 1;
}

main();
