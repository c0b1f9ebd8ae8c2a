import type { Scenario, Session } from "../contracts/types.js";
import { walkingStatuses } from "../engine/walkers.js";
import { RegraftError } from "../errors.js";
import { scenarioChecksum } from "../scenario/checksum.js";
import { plain } from "../tools/render-table.js";
import type { CliIo } from "./io.js";
import type { StoreOptions } from "./options.js";
import { withStore } from "./store-open.js";

const pageLimit = 1000;

/**
 * The open sessions of a store that walk a version.
 *
 * @throws RegraftError `CLI.CHECKSUM_MISMATCH` when the store has another content under the number of the version
 */
export function sessionsInStore(io: CliIo, scenario: Scenario, options: StoreOptions): Promise<Session[]> {
  return withStore(io, options, async ({ tenantId }, { store }) => {
    const query = { tenantId, scenarioId: scenario.id, versions: [scenario.version], statuses: walkingStatuses };
    const sessions: Session[] = [];
    let cursor: string | undefined;
    do {
      const page = await store.scan(query, { limit: pageLimit, ...(cursor === undefined ? {} : { cursor }) });
      for (const { place, received } of page.unreadable ?? []) {
        io.err(`note: left out a session that cannot be read: ${plain(place)}: ${plain(received)}\n`);
      }
      sessions.push(...page.sessions);
      cursor = page.cursor;
    } while (cursor !== undefined);
    const expected = scenarioChecksum(scenario);
    const stranger = sessions.find(({ scenarioChecksum: other }) => other !== expected);
    if (stranger === undefined) return sessions;
    throw new RegraftError(
      "CLI.CHECKSUM_MISMATCH",
      `session "${stranger.id}" walks another version ${scenario.version} than the file given`,
      { expected, received: stranger.scenarioChecksum },
    );
  });
}
