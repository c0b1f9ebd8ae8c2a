import type { Service } from "../services/service.js";
import type { StorePlace } from "./open-store.js";
import type { Processes } from "./processes.js";
import type { Tally } from "./tally.js";

/** How much is tried. */
export interface Sizes {
  /** Sessions of the story that is killed at every call. */
  readonly story: number;
  /** Every how manieth call. */
  readonly every: number;
  /** Kill after each call as well as before it. */
  readonly bothMoments: boolean;
  readonly storm: { readonly processes: number; readonly sessions: number; readonly kills: number };
  readonly bulk: { readonly sessions: number; readonly pageSize: number; readonly crashes: number };
}

/** A store on which everything is tried, and who tries it. */
export interface Scene {
  readonly place: StorePlace;
  /** The server behind the store, if it has one. */
  readonly service: Service | undefined;
  readonly processes: Processes;
  readonly tally: Tally;
  readonly sizes: Sizes;
  readonly seed: number;
}

/** Far enough ahead for the leases of a dead process to be over. */
export const laterMs = 60_000;
