import type { BulkFindings } from "./bulk.js";
import type { Expected, Findings, OwnersWrite } from "./check-tenant.js";
import type { Doom } from "./doomed-store.js";
import type { StorePlace } from "./open-store.js";
import type { StormTask } from "./storm.js";
import type { Chapter } from "./story.js";

/** In which store a process works, and how far its clock runs ahead. */
interface At {
  readonly place: StorePlace;
  readonly tenant: string;
  readonly aheadMs?: number;
}

/** What a process can be asked to do. */
export type Task = At &
  (
    | { readonly do: "tell"; readonly chapters: readonly Chapter[]; readonly sessions: number; readonly doom?: Doom }
    | { readonly do: "check"; readonly expected: Expected }
    | ({ readonly do: "storm" } & StormTask)
    | { readonly do: "fill"; readonly sessions: number }
    | { readonly do: "deploy"; readonly pageSize: number; readonly doom?: Doom }
    | { readonly do: "check-bulk"; readonly sessions: number }
  );

/** What a process says while it works. */
export type Note =
  | { readonly acknowledged: OwnersWrite }
  /** So many calls of `mark` have been answered. */
  | { readonly pages: number };

/** What a task comes to. */
export interface Results {
  readonly tell: { readonly calls: number };
  readonly check: Findings;
  readonly storm: Record<string, never>;
  readonly fill: Record<string, never>;
  readonly deploy: { readonly marked: number };
  readonly "check-bulk": BulkFindings;
}

/** A message of a process to its parent. */
export type Message =
  | { readonly note: Note }
  | { readonly result: unknown }
  | { readonly failed: { readonly message: string; readonly code?: string } };
