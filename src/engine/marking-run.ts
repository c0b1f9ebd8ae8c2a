import type { Plan, Timestamp } from "../contracts/types.js";
import { type Engine, readPageSize } from "./context.js";
import { type MarkedPage, markPage } from "./marking.js";

/** Pages that are marked between two revisions of the plan; after a crash as many sessions are counted anew. */
const mostPages = 16;
/** After this time a revision is due, so that whoever looks sees how far it is and a plan that was stopped is seen. */
const longestMs = 1000;

/**
 * Marks page after page until the plan has to be told how far it came. Marks need no second write after a crash, only their count and
 * cursor are lost with it.
 *
 * @param resumed - pages may have been marked before a crash: as many as can have been are counted anew
 */
export async function markPages(
  engine: Engine,
  plan: Plan,
  when: {
    readonly deployedAt: Timestamp;
    readonly resumed: boolean;
    /** Called between any two pages. */
    readonly keepLease: () => Promise<void>;
  },
): Promise<MarkedPage> {
  const { clock, config } = engine;
  const until = clock.now() + longestMs;
  const most = when.resumed ? mostPages * Math.ceil(config.markPageSize / readPageSize(engine)) : mostPages;
  let present = plan;
  let marked = 0;
  let unreadable = 0;
  for (let pages = 1; ; pages += 1) {
    const page = await markPage(engine, present, when);
    const { cursor } = page;
    marked += page.marked;
    unreadable = Math.max(unreadable, page.unreadable ?? 0);
    const isDue = pages >= most || (!when.resumed && clock.now() >= until);
    if (cursor === undefined || plan.marking === undefined || isDue) {
      return { ...page, marked, ...(unreadable === 0 ? {} : { unreadable }) };
    }
    present = { ...plan, marking: { ...plan.marking, cursor } };
    await when.keepLease();
  }
}
