import type { Scenario, Session } from "../contracts/types.js";
import { RegraftError } from "../errors.js";
import { scenarioChecksum } from "../scenario/checksum.js";
import { readSessions } from "./files.js";
import type { CliIo } from "./io.js";

/**
 * Reads the open sessions of a file that walk a version; tells on standard error how many others were left out.
 *
 * @throws RegraftError `CLI.CHECKSUM_MISMATCH` when a session walks a version of that number with another content
 */
export async function readSessionsOn(io: CliIo, file: string, scenario: Scenario): Promise<Session[]> {
  const all = await readSessions(io, file);
  const walking = all.filter(
    ({ scenarioId, scenarioVersion }) => scenarioId === scenario.id && scenarioVersion === scenario.version,
  );
  const open = walking.filter(({ status }) => status !== "closed" && status !== "exited");
  const checksum = scenarioChecksum(scenario);
  const stranger = open.find((session) => session.scenarioChecksum !== checksum);
  if (stranger !== undefined) {
    throw new RegraftError(
      "CLI.CHECKSUM_MISMATCH",
      `session "${stranger.id}" walks another version ${scenario.version} than the file given`,
      {
        file,
        path: `/${all.indexOf(stranger)}/scenarioChecksum`,
        expected: checksum,
        received: stranger.scenarioChecksum,
      },
    );
  }
  const elsewhere = all.length - walking.length;
  if (elsewhere > 0)
    io.err(`note: ${file}: left out ${elsewhere} of ${all.length}, they do not walk version ${scenario.version}\n`);
  const over = walking.length - open.length;
  if (over > 0) io.err(`note: ${file}: left out ${over} of ${all.length}, they are closed\n`);
  return open;
}
