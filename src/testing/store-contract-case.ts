import type { StoreCapabilities } from "../ports/capabilities.js";
import type { Clock } from "../ports/clock.js";
import type { ManualClock } from "./clock.js";

/** What the suite says about a value; each throws when it does not hold. */
export interface ContractExpectation {
  toBe(expected: unknown): unknown;
  toEqual(expected: unknown): unknown;
  toMatchObject(expected: object): unknown;
}

/** Registers a test. */
export type ContractTest = (title: string, body: () => Promise<void>) => unknown;

/**
 * What is used of a test runner: `describe`, `it` and `expect` of vitest or jest, or `describe` and `it` of `node:test` with
 * the package `expect`.
 *
 * @since 0.2.0
 * @public
 */
export interface ContractRunner {
  readonly describe: (title: string, body: () => void) => unknown;
  readonly it: ContractTest & { readonly skip: ContractTest };
  readonly expect: (actual: unknown) => ContractExpectation;
}

/**
 * An empty store, and how the suite gets at what it keeps once more.
 *
 * @since 0.2.0
 * @public
 */
export interface StoreUnderTest<S> {
  readonly store: S;
  /**
   * Opens what the store keeps as after a restart of the process; the suite does not use the first one any more. Needed
   * where the store is declared durable.
   */
  readonly reopen?: () => S | Promise<S>;
  /** A second client of the same data, to race the first one; the races run inside one client if absent. */
  readonly another?: () => S | Promise<S>;
  /** Runs after the test, whatever became of it. */
  readonly close?: () => unknown;
}

/**
 * A promise that a store does not keep, on purpose.
 *
 * @since 0.2.0
 * @public
 */
export interface StoreDeviation {
  /** The id of the test, which stands in brackets behind its title, or its title. */
  readonly test: string;
  /** Why; it becomes part of the title under which the test is reported as skipped. */
  readonly reason: string;
}

/**
 * What a store is tested for.
 *
 * @since 0.2.0
 * @public
 */
export interface StoreContractOptions<S> {
  /** Makes an empty store for one test. Its leases have to end by the clock given. */
  readonly makeStore: (clock: Clock) => StoreUnderTest<S> | Promise<StoreUnderTest<S>>;
  /** What the store declares, where that is not `true`. Tests of what it does not declare are reported as skipped. */
  readonly capabilities?: Partial<StoreCapabilities>;
  /** Tests that the store fails on purpose. One that it passes, or that does not exist, makes the suite fail. */
  readonly deviations?: readonly StoreDeviation[];
}

/** What one case works with. */
export interface CaseContext<S> {
  readonly store: S;
  readonly clock: ManualClock;
  readonly capabilities: StoreCapabilities;
  readonly expect: ContractRunner["expect"];
  /** A second client, or the store itself where there is none. */
  another(): Promise<S>;
  /** The store after a restart. */
  reopen(): Promise<S>;
}

/** One promise. */
export interface ContractCase<S> {
  readonly id: string;
  readonly title: string;
  readonly needs?: readonly (keyof StoreCapabilities)[];
  readonly run: (context: CaseContext<S>) => Promise<void>;
}

/** Promises about one thing, which the title names. */
export interface ContractGroup<S> {
  readonly title: string;
  readonly cases: readonly ContractCase<S>[];
}
