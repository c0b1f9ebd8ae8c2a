/** A binary min-heap of keyed items; equal keys come out in the order they went in, so that results never depend on chance. */
export class MinHeap<T> {
  readonly #items: { readonly key: number; readonly order: number; readonly value: T }[] = [];
  #count = 0;

  push(key: number, value: T): void {
    const items = this.#items;
    items.push({ key, order: this.#count++, value });
    let at = items.length - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#less(at, parent)) break;
      this.#swap(at, parent);
      at = parent;
    }
  }

  pop(): { readonly key: number; readonly value: T } | undefined {
    const items = this.#items;
    const [top] = items;
    const last = items.pop();
    if (top === undefined || last === undefined || items.length === 0) return top;
    items[0] = last;
    for (let at = 0; ; ) {
      const left = 2 * at + 1;
      const right = left + 1;
      let least = at;
      if (left < items.length && this.#less(left, least)) least = left;
      if (right < items.length && this.#less(right, least)) least = right;
      if (least === at) return top;
      this.#swap(at, least);
      at = least;
    }
  }

  #less(a: number, b: number): boolean {
    const [left, right] = [this.#items[a], this.#items[b]];
    if (left === undefined || right === undefined) return false;
    return left.key < right.key || (left.key === right.key && left.order < right.order);
  }

  #swap(a: number, b: number): void {
    const [left, right] = [this.#items[a], this.#items[b]];
    if (left === undefined || right === undefined) return;
    this.#items[a] = right;
    this.#items[b] = left;
  }
}
