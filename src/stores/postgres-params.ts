import type { Subject } from "../ports/subject.js";
import { arrayLiteral, encoded } from "./postgres-text.js";

/** Gathers the parameters of one statement. Each is sent as a text, so that any driver fits. */
export class Params {
  readonly #values: string[] = [];

  get values(): readonly string[] {
    return this.#values;
  }

  #add(value: string, type: string): string {
    this.#values.push(value);
    return `$${this.#values.length}::${type}`;
  }

  /** A text that may hold any character. */
  text(value: string): string {
    return this.#add(encoded(value), "text");
  }

  /** A text that is encoded already, or `NULL`. */
  plain(value: string | undefined): string {
    return value === undefined ? "NULL" : this.#add(value, "text");
  }

  json(value: unknown): string {
    // A driver that sees the type json would write the text as JSON once more.
    return this.#add(JSON.stringify(value), "text::json");
  }

  number(value: number, type: "bigint" | "integer" | "float8" = "float8"): string {
    return this.#add(String(value), `text::${type}`);
  }

  texts(values: readonly string[]): string {
    return this.plainTexts(values.map(encoded));
  }

  /** Texts that hold nothing to be encoded, or `NULL`. */
  plainTexts(values: readonly (string | undefined)[]): string {
    // Not through text: the server would read the notation anew for each row.
    return this.#add(arrayLiteral(values), "text[]");
  }

  numbers(values: readonly number[]): string {
    return this.#add(arrayLiteral(values.map(String)), "bigint[]");
  }

  subject({ tenantId, kind, id }: Subject): SubjectParams {
    return { tenantId: this.text(tenantId), kind: this.text(kind), id: this.text(id) };
  }
}

/** Where the parts of a subject stand among the parameters. */
export interface SubjectParams {
  readonly tenantId: string;
  readonly kind: string;
  readonly id: string;
}

/** The condition that a row of the table or alias belongs to a subject. */
export function isOf(alias: string, { tenantId, kind, id }: SubjectParams): string {
  return `${alias}.tenant_id = ${tenantId} AND ${alias}.kind = ${kind} AND ${alias}.id = ${id}`;
}
