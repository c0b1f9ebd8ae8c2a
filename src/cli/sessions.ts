import type { Scenario, Session } from "../contracts/types.js";
import { RegraftError } from "../errors.js";
import { scenarioChecksum } from "../scenario/checksum.js";
import type { CliIo } from "./io.js";
import { sessionsIn } from "./session-lines.js";

/**
 * The open sessions of a file that walk a version, as they are read; at the end tells on standard error how many others were left out.
 *
 * @throws RegraftError `CLI.CHECKSUM_MISMATCH` when a session walks a version of that number with another content
 */
export async function* sessionsOn(io: CliIo, file: string, scenario: Scenario): AsyncGenerator<Session> {
  const checksum = scenarioChecksum(scenario);
  let [all, elsewhere, over] = [0, 0, 0];
  for await (const { session, place } of sessionsIn(io, file)) {
    const { id, scenarioId, scenarioVersion, scenarioChecksum: received, status } = session;
    all += 1;
    if (scenarioId !== scenario.id || scenarioVersion !== scenario.version) elsewhere += 1;
    else if (status === "closed" || status === "exited") over += 1;
    else if (received === checksum) yield session;
    else {
      const message = `session "${id}" walks another version ${scenario.version} than the file given`;
      const path = `/${place}/scenarioChecksum`;
      throw new RegraftError("CLI.CHECKSUM_MISMATCH", message, { file, path, expected: checksum, received });
    }
  }
  if (elsewhere > 0)
    io.err(`note: ${file}: left out ${elsewhere} of ${all}, they do not walk version ${scenario.version}\n`);
  if (over > 0) io.err(`note: ${file}: left out ${over} of ${all}, they are closed\n`);
}

/** The same, all at once. */
export async function readSessionsOn(io: CliIo, file: string, scenario: Scenario): Promise<Session[]> {
  const sessions: Session[] = [];
  for await (const session of sessionsOn(io, file, scenario)) sessions.push(session);
  return sessions;
}
