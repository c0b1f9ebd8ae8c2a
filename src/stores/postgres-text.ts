/**
 * A text as PostgreSQL can hold it, the same way back by {@link decoded}: the backslash, control characters (NUL is
 * refused by the server) and unpaired surrogates (UTF-8 has none) are written as escapes. All other text stays.
 */
export function encoded(text: string): string {
  return text.replace(/[\\\p{Cc}\p{Cs}]/gu, (character) =>
    character === "\\" ? "\\\\" : `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** What {@link encoded} was given. */
export function decoded(text: string): string {
  return text.replace(/\\(?:\\|u([0-9a-f]{4}))/g, (_, code?: string) =>
    code === undefined ? "\\" : String.fromCharCode(Number.parseInt(code, 16)),
  );
}

/** A list of texts, undefined for `NULL`, in the one notation that the server reads by itself, so that no driver has to know arrays. */
export function arrayLiteral(values: readonly (string | undefined)[]): string {
  const one = (value: string | undefined) => (value === undefined ? "NULL" : `"${value.replace(/["\\]/g, "\\$&")}"`);
  return `{${values.map(one).join(",")}}`;
}

/** A name as an identifier, whatever characters it has. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A text as a literal that reads the same under every setting of the server. */
export function literal(text: string): string {
  return `E'${text.replaceAll("\\", "\\\\").replaceAll("'", "''")}'`;
}
