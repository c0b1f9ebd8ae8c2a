import type { Measured, Tally } from "./measure.js";
import { addTally, emptyTally } from "./measure.js";

/** Sums under names, in the order in which the names first came. */
export class Sums {
  readonly #rows = new Map<string, { readonly all: Tally; readonly effects: Tally }>();

  add(name: string, measured: Measured): void {
    const row = this.#rows.get(name) ?? { all: emptyTally(), effects: emptyTally() };
    this.#rows.set(name, row);
    addTally(row.all, measured.all);
    addTally(row.effects, measured.effects);
  }

  /** All rows as a table, with the sum of all as the last one. */
  table(title: string): string[] {
    const total = { all: emptyTally(), effects: emptyTally() };
    const lines = [...this.#rows].map(([name, row]) => {
      addTally(total.all, row.all);
      addTally(total.effects, row.effects);
      return rowOf(name, row);
    });
    return [
      `| ${title} | pairs | wrong | precision | recall | ambiguous | shown | pairs with effect | wrong | precision | recall | ambiguous |`,
      "| --- | --: | --: | --: | --: | --: | --: | --: | --: | --: | --: | --: |",
      ...lines,
      rowOf("all", total),
    ];
  }
}

function rowOf(name: string, { all, effects }: { readonly all: Tally; readonly effects: Tally }): string {
  const cells = [
    name,
    all.pairs,
    all.wrong,
    share(all.pairs - all.wrong, all.pairs),
    share(all.found, all.true),
    share(all.ambiguous, all.true),
    share(all.proposed, all.true),
    effects.pairs,
    effects.wrong,
    share(effects.pairs - effects.wrong, effects.pairs),
    share(effects.found, effects.true),
    share(effects.ambiguous, effects.true),
  ];
  return `| ${cells.join(" | ")} |`;
}

/** Rounded down, so that 1.0000 means that none is missing. */
function share(part: number, whole: number): string {
  return whole === 0 ? "-" : (Math.floor((part / whole) * 1e4) / 1e4).toFixed(4);
}
