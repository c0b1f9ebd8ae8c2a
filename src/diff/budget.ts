import type { CompiledScenario } from "../scenario/compile.js";

/** Visits of steps and transitions that an exact search may make in any version: enough for flows of some hundred steps. */
const LEAST_VISITS = 200_000;
/** The same for each step and each transition, so that large versions keep to linear work. */
const VISITS_PER_ELEMENT = 4;

/** Work that a search may still do. */
export class Budget {
  #left: number;

  constructor(c: CompiledScenario) {
    this.#left = LEAST_VISITS + VISITS_PER_ELEMENT * (c.size + c.scenario.transitions.length);
  }

  /** Takes some visits; false once there are none left. */
  spend(visits: number): boolean {
    this.#left -= visits;
    return this.#left >= 0;
  }
}
