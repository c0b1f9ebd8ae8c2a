import type { ReasonCode } from "../contracts/types.js";
import type { RehearsedSession } from "./rehearse-session.js";

/** Ids of some sessions of each count: the first ones met, at most `sampleSize` each. */
export interface RehearsalSamples {
  readonly byAction: Readonly<Record<string, readonly string[]>>;
  readonly byReason: Readonly<Partial<Record<ReasonCode, readonly string[]>>>;
  readonly byKind: Readonly<Record<string, readonly string[]>>;
  /** By old step id, then by action. */
  readonly byStep: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
  readonly unknown: readonly string[];
}

/** What would happen to the sessions of the old version, in numbers and examples. */
export interface Rehearsal {
  readonly total: number;
  readonly byAction: Readonly<Record<string, number>>;
  readonly byReason: Readonly<Partial<Record<ReasonCode, number>>>;
  readonly byKind: Readonly<Record<string, number>>;
  /** By old step id, then by action. */
  readonly byStep: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Sessions whose outcome hangs on a model; they are in no other count. */
  readonly unknown: number;
  readonly samples: RehearsalSamples;
}

/** How often something was met, and by which sessions first. */
class Group {
  count = 0;
  readonly ids: string[] = [];

  add(id: string, sampleSize: number): void {
    this.count += 1;
    if (this.ids.length < sampleSize) this.ids.push(id);
  }
}

class Groups {
  readonly #groups = new Map<string, Group>();
  readonly #sampleSize: number;

  constructor(sampleSize: number) {
    this.#sampleSize = sampleSize;
  }

  add(key: string, id: string): void {
    const group = this.#groups.get(key) ?? new Group();
    this.#groups.set(key, group);
    group.add(id, this.#sampleSize);
  }

  map<T>(value: (group: Group) => T): Record<string, T> {
    return Object.fromEntries([...this.#groups].map(([key, group]) => [key, value(group)]));
  }
}

const countOf = ({ count }: Group): number => count;
const idsOf = ({ ids }: Group): readonly string[] => [...ids];

/** Counts a rehearsal. What it keeps grows with the steps and reasons that are met, never with the sessions. */
export class Tally {
  readonly #sampleSize: number;
  readonly #actions: Groups;
  readonly #reasons: Groups;
  readonly #kinds: Groups;
  readonly #steps = new Map<string, Groups>();
  readonly #unknown = new Group();
  #total = 0;

  constructor(sampleSize: number) {
    this.#sampleSize = sampleSize;
    [this.#actions, this.#reasons, this.#kinds] = [
      new Groups(sampleSize),
      new Groups(sampleSize),
      new Groups(sampleSize),
    ];
  }

  add({ session: { id, stepId }, decision, model }: RehearsedSession): void {
    this.#total += 1;
    if (model === "needed") {
      this.#unknown.add(id, this.#sampleSize);
      return;
    }
    this.#actions.add(decision.action, id);
    for (const reason of new Set(decision.reasons)) this.#reasons.add(reason, id);
    if (decision.action === "teleport") this.#kinds.add(decision.kind, id);
    const atStep = this.#steps.get(stepId) ?? new Groups(this.#sampleSize);
    this.#steps.set(stepId, atStep);
    atStep.add(decision.action, id);
  }

  /** The counts so far. */
  sum(): Rehearsal {
    return {
      total: this.#total,
      ...this.#parts(countOf),
      unknown: this.#unknown.count,
      samples: { ...this.#parts(idsOf), unknown: idsOf(this.#unknown) },
    };
  }

  #parts<T>(value: (group: Group) => T) {
    const byStep = [...this.#steps].map(([stepId, actions]): [string, Record<string, T>] => [
      stepId,
      actions.map(value),
    ]);
    return {
      byAction: this.#actions.map(value),
      byReason: this.#reasons.map(value),
      byKind: this.#kinds.map(value),
      byStep: Object.fromEntries(byStep),
    };
  }
}
