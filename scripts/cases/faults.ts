import type { Faults, RecordStore, SessionStore } from "./api.js";
import { isLoose, text, texts } from "./case.js";

/** The one store that the cases use. */
export type Store = SessionStore & RecordStore;

/** A crash as a case describes it: the n-th call of a method of the store fails. */
export interface Crash {
  readonly method: "mark" | "commit" | "append" | "cas" | "put";
  readonly n: number;
  readonly moment: "before" | "after";
  /** Sessions marked at once, so that the crash comes after so many. */
  readonly pageSize?: number;
}

const methods: readonly (readonly [RegExp, Crash["method"]])[] = [
  [/\bmark|\bdeploy|page/, "mark"],
  [/ledger|event|audit/, "append"],
  [/\bplan\b|status|pointer/, "cas"],
  [/session|sav|writ|move|teleport|graft|commit|reconcil|message/, "commit"],
];

/** Reads the description of a crash: free text, or `{ during, after, moment }`. */
export function crashOf(given: unknown): Crash | undefined {
  const words = (
    isLoose(given) ? Object.entries(given).flat().map(String).join(" ") : texts(given).join(" ")
  ).toLowerCase();
  if (words === "" && given !== true) return undefined;
  const [, method] = methods.find(([pattern]) => pattern.test(words)) ?? [/./, "commit" as const];
  const number = /\b(\d+)\b/.exec(words)?.[1];
  const moment = /\bbefore\b/.test(words) || method === "mark" ? "before" : "after";
  if (method !== "mark") return { method, n: 1, moment };
  return number === undefined ? { method, n: 1, moment } : { method, n: 2, moment, pageSize: Number(number) };
}

/** What happens between two calls of the store, in the order of the case's own list. */
export type Interleave = () => Promise<void>;

/** Whether one line of an interleaving is a turn that somebody else saves. */
export function turnIn(
  line: string,
): { sessionId: string; step?: string; variables: Record<string, unknown> } | undefined {
  const found = /\bsaves?\s+(\w+)\s*:?\s*(.*)$/i.exec(line);
  if (found?.[1] === undefined) return undefined;
  const rest = found[2] ?? "";
  const step = text(/\bstep\s+([\w.-]+)/i.exec(rest)?.[1]);
  const inside = /\{([^}]*)\}/.exec(rest)?.[1] ?? "";
  const variables = Object.fromEntries(
    inside.split(",").flatMap((part) => {
      const [name, ...value] = part.split(":");
      return name === undefined || value.length === 0
        ? []
        : [[name.trim().replace(/["']/g, ""), readValue(value.join(":").trim())]];
    }),
  );
  return { sessionId: found[1], variables, ...(step === undefined ? {} : { step }) };
}

/** A value as a case writes it: JSON where it is JSON, else the words themselves. */
export function readValue(written: string): unknown {
  try {
    return JSON.parse(written) as unknown;
  } catch {
    return written.replace(/^["']|["']$/g, "");
  }
}

/** The faults that a case describes in words, on the stage that it is played on. */
export interface CaseFaults {
  armCrash(during: "deploy" | "message"): void;
  armTurns(): void;
}

/** A crash and an interleaving; both come once, at the first write they concern. */
export function withFaults(faults: Faults, crash: Crash | undefined, between: Interleave | undefined): CaseFaults {
  let isArmed = false;
  return {
    armCrash: (during) => {
      if (isArmed || crash === undefined || during !== (crash.method === "commit" ? "message" : "deploy")) return;
      isArmed = true;
      faults.arm(crash.method, crash.n, crash.moment);
    },
    armTurns: () => {
      faults.onCall ??= async (method) => {
        if (between === undefined || (method !== "mark" && method !== "commit")) return;
        faults.onCall = async () => undefined;
        await between();
      };
    },
  };
}
