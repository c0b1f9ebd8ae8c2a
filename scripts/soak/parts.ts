import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { report, type SoakOptions, soak } from "../../test/oracle/soak.js";

/** What one process says about its share of the triples. */
export interface Part {
  readonly triples: number;
  readonly decisions: number;
  readonly byAction: Readonly<Record<string, number>>;
  readonly disagreements: readonly string[];
  readonly outside: readonly string[];
}

/** Tries all triples in this process. */
export function playPart(options: SoakOptions): Part {
  const result = soak(options);
  return { ...result, disagreements: result.disagreements.map(report), outside: result.outside.map(report) };
}

const script = fileURLToPath(new URL("../soak.ts", import.meta.url));
const run = promisify(execFile);

/** Tries the triples in several processes side by side; the seeds are the same as in one. */
export async function playParts(options: SoakOptions, processes: number): Promise<Part> {
  const share = Math.ceil(options.triples / processes);
  const parts = Array.from({ length: processes }, async (_, n): Promise<Part> => {
    const triples = Math.min(share, options.triples - n * share);
    const flags = ["--triples", String(triples), "--seed", String(options.seed + n * share)];
    if (options.most !== undefined) flags.push("--most", String(options.most));
    if (options.chains === true) flags.push("--chains");
    const { stdout } = await run(process.execPath, ["--import", "tsx", script, ...flags, "--part"], {
      maxBuffer: 64 * 1024 * 1024,
    });
    return JSON.parse(stdout) as Part;
  });
  return (await Promise.all(parts)).reduce(joined);
}

function joined(a: Part, b: Part): Part {
  const byAction = { ...a.byAction };
  for (const [action, count] of Object.entries(b.byAction)) byAction[action] = (byAction[action] ?? 0) + count;
  return {
    triples: a.triples + b.triples,
    decisions: a.decisions + b.decisions,
    byAction,
    disagreements: [...a.disagreements, ...b.disagreements],
    outside: [...a.outside, ...b.outside],
  };
}
