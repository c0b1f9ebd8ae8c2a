import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { Field } from "../../src/contracts/types.js";
import { readBoolean } from "../../src/fill/normal-choice.js";
import type { Turn } from "../../src/ports/extractor.js";

const fieldShape = z.object({
  name: z.string(),
  type: z.enum(["string", "number", "integer", "boolean", "date", "time", "datetime", "email", "phone", "enum"]),
  description: z.string().optional(),
  service: z.string(),
  allowed_values: z.array(z.string()).nullish(),
  value: z.union([z.string(), z.number(), z.boolean()]).nullish(),
  accept: z.array(z.union([z.string(), z.number(), z.boolean()])).optional(),
  turn_index: z.number().nullish(),
  first_mention_turn: z.number().nullish(),
  evidence: z.string().nullish(),
  revised: z.boolean().nullish(),
  earlier_values: z.array(z.union([z.string(), z.number(), z.boolean()])).nullish(),
  negative: z.string().nullish(),
});
const dialogueShape = z.object({
  id: z.string(),
  source: z.unknown(),
  turns: z.array(z.object({ role: z.enum(["user", "assistant"]), text: z.string() })),
  fields: z.array(fieldShape),
});

/** What is known to be right about a field of a session. */
export interface Gold {
  readonly field: Field;
  /** `enum` for every field with allowed values that is not a number or a yes or no. */
  readonly type: string;
  /** Every form that counts as right; empty if the value was never stated. */
  readonly accept: readonly string[];
  readonly inferred: boolean;
  readonly revised: boolean;
  /** The assistant offered it and the person accepted. */
  readonly offered: boolean;
  readonly negative: string | undefined;
}

/** One conversation with the fields that are looked for in it. */
export interface EvalSession {
  readonly id: string;
  readonly turns: readonly Turn[];
  readonly gold: readonly Gold[];
  /** Cut before the conversation ended. */
  readonly cut: boolean;
}

type RawField = z.infer<typeof fieldShape>;
type RawDialogue = z.infer<typeof dialogueShape>;

/** FNV-1a, so that halves and cuts are the same on every machine. */
export function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (const char of text) hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  return hash;
}

/** Reads the dialogue files of a folder: each dialogue whole, and cut at one turn of the person in the middle of it. */
export function readSessions(directory: string, files: readonly string[]): EvalSession[] {
  return files.flatMap((file) => {
    const lines = readFileSync(join(directory, file), "utf8").split("\n");
    return lines
      .filter((line) => line.trim() !== "")
      .flatMap((line) => sessionsOf(dialogueShape.parse(JSON.parse(line))));
  });
}

function sessionsOf(dialogue: RawDialogue): EvalSession[] {
  const { id, turns, fields } = dialogue;
  const whole: EvalSession = { id, turns, gold: fields.map((field) => goldOf(field)), cut: false };
  const users = turns.flatMap(({ role }, index) =>
    role === "user" && index >= 2 && index < turns.length - 2 ? [index] : [],
  );
  const at = users[hashOf(`${id}/cut`) % Math.max(1, users.length)];
  if (at === undefined) return [whole];
  const gold = fields.flatMap((field) => cutGold(field, at));
  return [whole, { id: `${id}@${at}`, turns: turns.slice(0, at + 1), gold, cut: true }];
}

/** Before it is stated a field has no value; where it is not certain what held at the cut, the field is left out. */
function cutGold(field: RawField, at: number): Gold[] {
  if (field.value === null || field.value === undefined) return [goldOf(field)];
  const stated = field.turn_index ?? 0;
  const mentioned = field.first_mention_turn ?? stated;
  if (at >= stated) return [goldOf(field)];
  if (at >= mentioned || field.evidence === "inferred" || field.revised === true) return [];
  return [goldOf({ ...field, value: null, accept: [], negative: "not_yet_stated" })];
}

function goldOf(raw: RawField): Gold {
  const known = raw.value !== null && raw.value !== undefined;
  return {
    field: fieldOf(raw),
    type: typeOf(raw),
    accept: known ? [raw.value, ...(raw.accept ?? [])].map((form) => plain(String(form))) : [],
    inferred: raw.evidence === "inferred",
    revised: raw.revised === true,
    offered: raw.evidence === "assistant_verbatim",
    negative: known ? undefined : (raw.negative ?? "unstated"),
  };
}

function typeOf(raw: RawField): string {
  const values = raw.allowed_values ?? [];
  if (raw.type === "enum" && values.length === 2 && values.every((value) => readBoolean(value, "en") !== undefined))
    return "boolean";
  return raw.type;
}

/** A field as a host would define it from the same knowledge. */
function fieldOf(raw: RawField): Field {
  const values = raw.allowed_values ?? [];
  const base = { name: raw.name, ...(raw.description === undefined ? {} : { extractionHint: raw.description }) };
  if (raw.type === "enum") return { ...base, type: "enum", values: values.map((value) => ({ value })) };
  if (raw.type === "number" && values.length > 0) {
    const numbers = values.map(Number);
    return { ...base, type: "integer", min: Math.min(...numbers), max: Math.max(...numbers) };
  }
  return { ...base, type: raw.type, ...(values.length > 0 ? { examples: values } : {}) };
}

/** Without case, punctuation and extra space: how the forms are compared. */
export function plain(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
}
