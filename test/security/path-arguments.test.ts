import { execFileSync } from "node:child_process";
import {
  chmodSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Command } from "commander";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createHandlers } from "../../src/cli/handlers.js";
import { nodeIo } from "../../src/cli/node-io.js";
import { createProgram } from "../../src/cli/program.js";
import { run } from "../../src/cli/run.js";
import { v1, v2 } from "../cli/world.js";

const here = "PATH";
let dir = "";

async function call(args: readonly string[]): Promise<{ code: number; err: string; out: string }> {
  const told = { err: "", out: "" };
  const io = {
    ...nodeIo(process),
    cwd: dir,
    out: (text: string) => {
      told.out += text;
    },
    err: (text: string) => {
      told.err += text;
    },
  };
  return { code: await run(args, io), ...told };
}

const store = ["--store", "store"];
const plan = "plan-1";

/** What a path stands for: a file that is read, one that is written, a directory, or a store. */
type Role = "read" | "write" | "directory" | "store";
/** The command line around the path; before the blank stands which argument or option it is, as the help names it. */
type Row = readonly [role: Role, what: string, args: readonly string[]];

const terms = (command: string) =>
  ["policies", "mapping", "effects", "data", "contract", "rollout"].map<Row>((name) => [
    "read",
    `${command} --${name}`,
    [command, "v1.json", "v2.json", ...(command === "rehearse" ? ["--sessions", "s.json"] : []), `--${name}`, here],
  ]);
const two = (command: string, more: readonly string[] = []): Row[] => [
  ["read", `${command} <v1>`, [...command.split(" "), here, "v2.json", ...more]],
  ["read", `${command} ${command === "lint" ? "[v2]" : "<v2>"}`, [...command.split(" "), "v1.json", here, ...more]],
];
const sessions = (command: string, more: readonly string[] = []): Row => [
  "read",
  `${command} --sessions`,
  [...command.split(" "), "v1.json", "v2.json", "--sessions", here, ...more],
];
const onFile = (command: string, name = "<file>", more: readonly string[] = []): Row => [
  "read",
  `${command} ${name}`,
  [...command.split(" "), here, ...more],
];
const out = (command: string, ...args: readonly string[]): Row => [
  "write",
  `${command} --out`,
  [...command.split(" "), ...args, "--out", here],
];
const onStore = (command: string, ...args: readonly string[]): Row => [
  "store",
  `${command} --store`,
  [...command.split(" "), ...args, "--store", here],
];
const registry = (command: string, ...args: readonly string[]): Row => [
  "read",
  `schema ${command} --registry`,
  ["schema", command, ...args, "--registry", here],
];

const rows: readonly Row[] = [
  ...two("diff"),
  ["read", "diff --mapping", ["diff", "v1.json", "v2.json", "--mapping", here]],
  ["read", "diff --effects", ["diff", "v1.json", "v2.json", "--effects", here]],
  ...two("lint"),
  ...terms("lint"),
  sessions("lint"),
  ...two("plan"),
  ...terms("plan"),
  sessions("plan"),
  out("plan", "v1.json", "v2.json"),
  onStore("plan", "v1.json", "v2.json"),
  ...two("rehearse", ["--sessions", "s.json"]),
  ...terms("rehearse"),
  sessions("rehearse"),
  out("rehearse", "v1.json", "v2.json", "--sessions", "s.json"),
  onStore("rehearse", "v1.json", "v2.json"),
  onFile("golden run", "<files>"),
  onStore("store setup"),
  onFile("publish", "<file>", store),
  onStore("publish", "v1.json"),
  [
    "directory",
    "approve --evidence",
    ["approve", plan, "--by", "a", "--digest", "DIGEST", "--evidence", here, ...store],
  ],
  onStore("approve", plan, "--by", "a", "--digest", "sha256:0"),
  ["directory", "deploy --evidence", ["deploy", plan, "--evidence", here, ...store]],
  onStore("deploy", plan),
  onStore("show", plan),
  ...["reject", "promote", "pause", "resume", "rollback"].map((name) => onStore(name, plan, "--by", "a")),
  onStore("status"),
  onStore("retention plan"),
  out("retention plan", ...store),
  onFile("retention apply", "<file>", ["--by", "a", ...store]),
  onStore("retention apply", "retention.json", "--by", "a"),
  ...["verify", "head", "seal"].map((name) => onStore(`ledger ${name}`)),
  onStore("ledger show", "plan/x"),
  onStore("audit bundle", "--out", "new.jsonl"),
  out("audit bundle", ...store),
  onFile("audit verify"),
  ["read", "ledger seal --key", ["ledger", "seal", "--key", here, ...store]],
  ["read", "ledger verify --public-key", ["ledger", "verify", "--public-key", here, ...store]],
  ["read", "audit bundle --key", ["audit", "bundle", "--out", "new.jsonl", "--key", here, ...store]],
  ["read", "audit verify --public-key", ["audit", "verify", "bundle.jsonl", "--public-key", here]],
  [
    "read",
    "run record --config",
    ["run", "record", "v1.json", "v2.json", "--sessions", "s.json", "--out", "new.json", "--config", here],
  ],
  onFile("audit snapshot"),
  ...two("run record", ["--sessions", "s.json", "--out", "new.json"]),
  sessions("run record", ["--out", "new.json"]),
  out("run record", "v1.json", "v2.json", "--sessions", "s.json"),
  onFile("run show"),
  onFile("run reproduce", "<files>"),
  onStore("report plan", plan),
  out("report plan", plan, ...store),
  onFile("report check"),
  [
    "read",
    "gate check --contract",
    ["gate", "check", "--plan", plan, "--stage", "deploy", "--contract", here, ...store],
  ],
  [
    "directory",
    "gate check --evidence",
    ["gate", "check", "--plan", plan, "--stage", "deploy", "--evidence", here, ...store],
  ],
  onStore("gate check", "--plan", plan, "--stage", "deploy"),
  onStore("dlq list"),
  onStore("dlq retry", "s1", "--by", "a"),
  onStore("dlq drop", "s1", "--by", "a", "--reason", "x"),
  onStore("slo"),
  onStore("alerts"),
  ["read", "alerts --rules", ["alerts", "--rules", here, ...store]],
  registry("list"),
  registry("validate", "--all"),
  onFile("schema validate", "[files]", ["--kind", "scenario"]),
  registry("pin"),
  registry("verify"),
  ["read", "config show --file", ["config", "show", "--file", here]],
  onStore("doctor"),
  onStore("verify"),
  onStore("state migrate"),
  ["directory", "state migrate --from", ["state", "migrate", "--from", here, ...store]],
  out("state migrate", "--from", "plain", ...store),
  onStore("worker", "--once"),
];

/** Every argument and option of the command line that is a path, as its help shows it. */
function pathsOf(command: Command, prefix = ""): string[] {
  const name = `${prefix}${command.name()}`;
  const inner = command.commands.flatMap((one) =>
    pathsOf(one, prefix === "" && command.parent === null ? "" : `${name} `),
  );
  const options = command.options.flatMap(({ flags, long }) =>
    /<(file|directory|target)>/.test(flags) ? [`${name} ${long}`] : [],
  );
  const args = command.registeredArguments
    .filter((one) => /^(file|files|v1|v2)$/.test(one.name()))
    .map((one) => `${name} ${one.required ? `<${one.name()}>` : `[${one.name()}]`}`);
  return [...inner, ...options, ...args];
}

const withRole = (...roles: readonly Role[]) => rows.filter(([role]) => roles.includes(role));

describe("paths on the command line", () => {
  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), "regraft-paths-"));
    const put = (name: string, value: unknown) => writeFileSync(join(dir, name), JSON.stringify(value));
    put("v1.json", v1);
    put("v2.json", v2);
    put("s.json", []);
    put("contract.json", { requiredEvidence: ["review.txt"] });
    mkdirSync(join(dir, "plain/versions"), { recursive: true });
    mkdirSync(join(dir, "folder"));
    mkdirSync(join(dir, "proofs"));
    writeFileSync(join(dir, "secret.txt"), "the victim");
    symlinkSync(join(dir, "secret.txt"), join(dir, "link"));
    symlinkSync(join(dir, "nowhere"), join(dir, "dangling"));
    execFileSync("mkfifo", [join(dir, "pipe")]);
    await call(["publish", "v1.json", ...store]);
    await call(["plan", "v1.json", "v2.json", "--contract", "contract.json", ...store]);
    await call(["retention", "plan", "--out", "retention.json", ...store]);
    await call(["audit", "bundle", "--out", "bundle.jsonl", ...store]);
    const { out: listed } = await call(["status", "--json", ...store]);
    const [made] = JSON.parse(listed) as { id: string; digest: string }[];
    planId = made?.id ?? "";
    digest = made?.digest ?? "";
  });
  afterAll(() => rmSync(dir, { recursive: true, force: true }));
  let planId = "";
  let digest = "";
  const filled = (args: readonly string[], path: string) =>
    args.map((arg) => (arg === here ? path : arg === plan ? planId : arg === "DIGEST" ? digest : arg));

  it("are all in the tables of this test", () => {
    const io = { ...nodeIo(process), cwd: dir };
    const program = createProgram({ handlers: createHandlers(io), done: () => undefined, io });
    expect(rows.map(([, what]) => what).sort()).toEqual(program.commands.flatMap((one) => pathsOf(one)).sort());
  });

  const odd = (): [string, string][] => [
    ["a named pipe", "pipe"],
    ["a device", "/dev/zero"],
    ["a directory", "folder"],
    ["a link to nothing", "dangling"],
    ["a zero byte", "v1.json\0.txt"],
    ["a name of 300 characters", "x".repeat(300)],
    ["a path of 10,000 characters", "x/".repeat(5000)],
    ["what lies below a file", "v1.json/x"],
  ];

  it.each(withRole("read").map(([, what, args]) => ({ what, args })))("$what reads plain files only", async ({
    args,
  }) => {
    for (const [kind, path] of odd()) {
      const { code, err } = await call(filled(args, path));
      expect([kind, code, err]).toEqual([kind, 2, expect.stringMatching(/CLI\.FILE_NOT_FOUND|SECURITY\.PATH_ESCAPE/)]);
    }
  });

  it.each(
    withRole("write").map(([, what, args]) => ({ what, args })),
  )("$what writes no other than plain files, through no link, and not over what it reads", async ({ args }) => {
    linkSync(join(dir, "v1.json"), join(dir, "same"));
    const inputs = args.some((arg) => arg === "v1.json")
      ? [
          ["an input", "v1.json"],
          ["an input by another name", "same"],
        ]
      : [];
    try {
      for (const [kind, path] of [...odd(), ["a link", "link"], ...inputs]) {
        const { code, err } = await call(filled(args, path ?? ""));
        expect([kind, code, err]).toEqual([kind, 2, expect.stringContaining("CLI.NOT_WRITTEN")]);
      }
    } finally {
      rmSync(join(dir, "same"));
    }
    expect(readFileSync(join(dir, "secret.txt"), "utf8")).toBe("the victim");
    expect(JSON.parse(readFileSync(join(dir, "v1.json"), "utf8"))).toEqual(v1);
    expect(readdirSync(dir).filter((name) => name.endsWith(".tmp"))).toEqual([]);
  });

  it.each(
    withRole("write").map(([, what, args]) => ({ what, args })),
  )("$what puts its text in the place of a plain file, with the same permissions", async ({ args }) => {
    const path = join(dir, "kept.txt");
    writeFileSync(path, "x".repeat(1_000_000));
    chmodSync(path, 0o600);
    expect((await call(filled(args, "kept.txt"))).code).toBe(0);
    expect(readFileSync(path, "utf8")).not.toContain("xxxx");
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it.each(
    withRole("store").map(([, what, args]) => ({ what, args })),
  )("$what refuses what is no directory, with a typed error", async ({ args }) => {
    for (const [kind, path] of odd().filter(([, name]) => name !== "folder" && name !== "dangling")) {
      for (const target of [path, `pglite:${path}`]) {
        const { code, err } = await call(filled(args, target));
        const told = [kind, target.slice(0, 20), err.includes("INTERNAL")];
        expect(told).toEqual([kind, target.slice(0, 20), false]);
        // To tell what is wrong with a store is what these two are for.
        expect(["doctor", "verify"].includes(args[0] ?? "") ? [1, 2, 4] : [2]).toContain(code);
      }
    }
  });

  it.each(
    withRole("directory").map(([, what, args]) => ({ what, args })),
  )("$what refuses what is no directory", async ({ args }) => {
    for (const [kind, path] of odd().filter(([, name]) => name !== "folder")) {
      const { code, err } = await call(filled(args, path));
      expect([kind, code, err]).toEqual([kind, expect.anything(), expect.not.stringContaining("INTERNAL")]);
      expect([1, 2]).toContain(code);
    }
  });

  it.each(
    withRole("directory")
      .filter(([, what]) => what.endsWith("--evidence"))
      .map(([, what, args]) => ({ what, args })),
  )("$what shows no file that lies behind a link, and waits for no pipe", async ({ args }) => {
    const shown = join(dir, "proofs/review.txt");
    for (const put of [
      () => symlinkSync("../secret.txt", shown),
      () => execFileSync("mkfifo", [shown]),
      () => mkdirSync(shown),
    ]) {
      put();
      const { code, err, out: told } = await call(filled(args, "proofs"));
      rmSync(shown, { recursive: true });
      expect([code, err]).toEqual([2, expect.stringContaining("SECURITY.PATH_ESCAPE")]);
      expect(told + err).not.toContain("the victim");
    }
  });
});
