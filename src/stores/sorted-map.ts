interface Chunk<V> {
  readonly keys: string[];
  readonly values: V[];
}

const chunkSize = 512;

/** The first position whose key is not before (`or equal`: after) the key. */
function position(keys: readonly string[], key: string, after: boolean): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const at = keys[middle] as string;
    if (at < key || (after && at === key)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * A map in the order of its keys (UTF-16 code units), made for paging: a walk starts after any key in logarithmic time.
 * Keys lie in short chunks, so that inserting one moves few others.
 */
export class SortedMap<V> {
  readonly #chunks: Chunk<V>[] = [];
  readonly #byKey = new Map<string, V>();

  get size(): number {
    return this.#byKey.size;
  }

  get(key: string): V | undefined {
    return this.#byKey.get(key);
  }

  set(key: string, value: V): void {
    const known = this.#byKey.has(key);
    this.#byKey.set(key, value);
    const chunkAt = Math.min(this.#chunkOf(key, false), Math.max(this.#chunks.length - 1, 0));
    const chunk = this.#chunks[chunkAt];
    if (chunk === undefined) {
      this.#chunks.push({ keys: [key], values: [value] });
      return;
    }
    const at = position(chunk.keys, key, false);
    chunk.keys.splice(at, known ? 1 : 0, key);
    chunk.values.splice(at, known ? 1 : 0, value);
    if (chunk.keys.length > chunkSize) this.#split(chunkAt, chunk);
  }

  delete(key: string): void {
    if (!this.#byKey.delete(key)) return;
    const chunkAt = this.#chunkOf(key, false);
    const chunk = this.#chunks[chunkAt] as Chunk<V>;
    const at = position(chunk.keys, key, false);
    chunk.keys.splice(at, 1);
    chunk.values.splice(at, 1);
    if (chunk.keys.length === 0) this.#chunks.splice(chunkAt, 1);
  }

  /** Hands out values in key order, from the first key after the given one, until the visitor returns false. */
  visitAfter(key: string | undefined, visit: (value: V) => boolean): void {
    const start = key === undefined ? 0 : this.#chunkOf(key, true);
    for (let chunkAt = start; chunkAt < this.#chunks.length; chunkAt += 1) {
      const { keys, values } = this.#chunks[chunkAt] as Chunk<V>;
      const first = chunkAt === start && key !== undefined ? position(keys, key, true) : 0;
      for (let at = first; at < values.length; at += 1) if (!visit(values[at] as V)) return;
    }
  }

  /** The first chunk whose last key is not before (`after`: after) the key; the number of chunks if there is none. */
  #chunkOf(key: string, after: boolean): number {
    let low = 0;
    let high = this.#chunks.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const last = this.#chunks[middle]?.keys.at(-1) as string;
      if (last < key || (after && last === key)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Halves a chunk, but leaves it nearly whole where keys come in rising order. */
  #split(chunkAt: number, chunk: Chunk<V>): void {
    const isLast = chunkAt === this.#chunks.length - 1;
    const cut = isLast ? chunkSize : chunkSize >>> 1;
    this.#chunks.splice(chunkAt + 1, 0, { keys: chunk.keys.splice(cut), values: chunk.values.splice(cut) });
  }
}
