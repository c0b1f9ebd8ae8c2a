import type { DoctorFinding, ReasonCode } from "../contracts/types.js";
import { isRegraftError } from "../errors.js";

const most = 10_000;

/** What a doctor has found so far. */
export class Findings {
  readonly all: DoctorFinding[] = [];
  /** Documents and sessions that were looked at, and those of them that were invalid. */
  documents = 0;
  invalid = 0;
  staleLocks = 0;
  openTransactions = 0;
  openDlq = 0;
  chainOk = true;

  add(severity: DoctorFinding["severity"], code: ReasonCode, subject: string, message: string, fixable = false): void {
    if (this.all.length < most) this.all.push({ severity, code, subject, message, fixable });
  }

  /** Adds what a call threw, where it says something about what is kept. Everything else goes on. */
  caught(error: unknown, subject: string): void {
    if (!isRegraftError(error) || error.code === "INTERNAL.BUG" || error.code === "STORE.UNAVAILABLE") throw error;
    const text = error.message.startsWith(`${error.code}: `)
      ? error.message.slice(error.code.length + 2)
      : error.message;
    this.add("error", error.code, subject, text);
  }
}
