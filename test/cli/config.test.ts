import { describe, expect, it } from "vitest";
import { DEFAULTS } from "../../src/config/defaults.js";
import { call } from "./world.js";

const file = {
  defaultProfile: "careful",
  profiles: { careful: { thresholds: { use: 0.9 }, markPageSize: 10, limits: { maxSteps: 5 } } },
};
const files = { "regraft.json": file, "typo.json": { profiles: { a: { markPageSise: 1 } } } };

async function shown(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const { code, out, err } = await call(["config", "show", ...args, "--json"], files, { env });
  return { code, ...(code === 0 ? JSON.parse(out) : JSON.parse(err)) };
}

describe("regraft config show", () => {
  it("shows every option with its default where nobody says anything else", async () => {
    const { profile, config, origins } = await shown([]);
    expect([profile, config.markPageSize, origins.markPageSize]).toEqual([
      "standard",
      DEFAULTS.markPageSize,
      "default",
    ]);
    expect(origins["limits.maxSteps"]).toBe("default");
    expect((await call(["config", "show"], {})).out).toMatch(/markPageSize +\d+ +default/);
  });

  it("tells of each value where it comes from: option before environment before file before default", async () => {
    const env = { REGRAFT_CONFIG: "regraft.json", REGRAFT_SET_LIMITS_MAX_STEPS: "7", REGRAFT_SET_MARK_PAGE_SIZE: "20" };
    const { profile, config, origins } = await shown(["--set", "markPageSize=30"], env);
    expect(profile).toBe("careful");
    expect([config.thresholds.use, origins["thresholds.use"]]).toEqual([0.9, "file"]);
    expect([config.limits.maxSteps, origins["limits.maxSteps"]]).toEqual([7, "environment"]);
    expect([config.markPageSize, origins.markPageSize]).toEqual([30, "option"]);
    expect(origins["thresholds.withoutConfirmation"]).toBe("default");
  });

  it("refuses a profile that does not exist, and every unknown key wherever it stands", async () => {
    const code = async (args: readonly string[], env?: Readonly<Record<string, string>>) => {
      const ended = await shown(args, env);
      return [ended.code, ended.error?.code];
    };
    expect(await code(["--file", "regraft.json", "--profile", "nobody"])).toEqual([2, "CONFIG.INVALID"]);
    expect(await code(["--profile", "toString"])).toEqual([2, "CONFIG.INVALID"]);
    expect(await code(["--file", "typo.json", "--profile", "a"])).toEqual([2, "CONFIG.INVALID"]);
    expect(await code(["--set", "limits.maxStep=1"])).toEqual([2, "CONFIG.INVALID"]);
    expect(await code(["--set", "__proto__.enabled=false"])).toEqual([2, "CONFIG.INVALID"]);
    expect(await code([], { REGRAFT_SET_NOTHING: "1" })).toEqual([2, "CONFIG.INVALID"]);
    expect(await code(["--set", "markPageSize"])).toEqual([2, "CLI.USAGE"]);
  });

  it("has no option for what protects checkpoints", async () => {
    const { config } = await shown([]);
    expect(JSON.stringify(Object.keys(config))).not.toMatch(/checkpoint/i);
    expect((await shown(["--set", "checkpointProtection=false"])).code).toBe(2);
    expect((await shown(["--set", "log.blocks=false"])).code).toBe(2);
  });
});
