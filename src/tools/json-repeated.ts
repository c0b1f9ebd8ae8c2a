/** An object or array that is open at some place of a text. */
interface Level {
  /** Keys of an object that were met; undefined for an array. */
  readonly seen: Set<string> | undefined;
  /** The key, or the number, of the part in hand. */
  part: string | number;
}

const backslash = 0x5c;

/** Where a text in quotes ends that begins at an offset, right behind its closing quote. */
function behindText(text: string, from: number): number {
  for (let at = text.indexOf('"', from + 1); at !== -1; at = text.indexOf('"', at + 1)) {
    let escapes = 0;
    while (text.charCodeAt(at - 1 - escapes) === backslash) escapes += 1;
    if (escapes % 2 === 0) return at + 1;
  }
  return text.length;
}

function pointerTo(open: readonly Level[]): string {
  return open.map(({ part }) => `/${String(part).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}

/**
 * JSON pointer of the first property that stands twice in its object; undefined if there is none. Of two only the last would count,
 * which nobody sees who reads the text.
 *
 * @param text - valid JSON
 * @remarks O(length); keeps the keys of the objects that are open, however deep.
 */
export function repeatedKey(text: string): string | undefined {
  const open: Level[] = [];
  let isKey = false;
  for (let at = 0; at < text.length; at += 1) {
    const level = open.at(-1);
    switch (text[at]) {
      case '"': {
        const end = behindText(text, at);
        if (isKey && level?.seen !== undefined) {
          const key = String(JSON.parse(text.slice(at, end)));
          level.part = key;
          if (level.seen.has(key)) return pointerTo(open);
          level.seen.add(key);
          isKey = false;
        }
        at = end - 1;
        break;
      }
      case "{":
        open.push({ seen: new Set(), part: "" });
        isKey = true;
        break;
      case "[":
        open.push({ seen: undefined, part: 0 });
        isKey = false;
        break;
      case "}":
      case "]":
        open.pop();
        isKey = false;
        break;
      case ",":
        isKey = level?.seen !== undefined;
        if (typeof level?.part === "number") level.part += 1;
        break;
      default:
    }
  }
  return undefined;
}
