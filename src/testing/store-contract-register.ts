import { RegraftError } from "../errors.js";
import type { StoreCapabilities } from "../ports/capabilities.js";
import { manualClock } from "./clock.js";
import type {
  ContractCase,
  ContractGroup,
  ContractRunner,
  StoreContractOptions,
  StoreDeviation,
} from "./store-contract-case.js";

type Declares = { readonly capabilities: StoreCapabilities };

const everything: StoreCapabilities = {
  atomicCommit: true,
  durable: true,
  setBasedMark: true,
  indexedOutbox: true,
  leases: true,
};

function missing(what: string): RegraftError {
  return new RegraftError("INPUT.INVALID", `a store that is declared durable is tested with ${what}`, {
    path: "/makeStore",
    expected: what,
  });
}

/** Runs one case on a store of its own. */
async function runCase<S>(
  { expect }: ContractRunner,
  { run }: ContractCase<S>,
  capabilities: StoreCapabilities,
  { makeStore }: StoreContractOptions<S>,
): Promise<void> {
  const clock = manualClock();
  const { store, reopen, another, close } = await makeStore(clock);
  try {
    await run({
      store,
      clock,
      capabilities,
      expect,
      another: async () => (another === undefined ? store : another()),
      reopen: async () => {
        if (reopen === undefined) throw missing("reopen, which opens what the store keeps once more");
        return reopen();
      },
    });
  } finally {
    await close?.();
  }
}

function isNamed(group: string, { id, title }: Pick<ContractCase<never>, "id" | "title">, { test }: StoreDeviation) {
  return test === id || test === title || test === `${group} ${title}`;
}

/** Says of each deviation whether there still is one. */
function checkDeviation<S>(
  runner: ContractRunner,
  named: ContractCase<S> | undefined,
  { test }: StoreDeviation,
  runNamed: (one: ContractCase<S>) => Promise<void>,
): void {
  if (named === undefined) {
    runner.it(`names a test that exists: ${test}`, async () => {
      runner.expect(`no test of this id or title: ${test}`).toBe(test);
    });
    return;
  }
  runner.it(`is still needed: ${test}`, async () => {
    const outcome = await runNamed(named).then(
      () => "the store keeps this promise: take the deviation away",
      () => "the store does not keep this promise",
    );
    runner.expect(outcome).toBe("the store does not keep this promise");
  });
}

function declarations<S extends Declares>(): ContractGroup<S> {
  return {
    title: "what the store declares",
    cases: [
      {
        id: "declares-capabilities",
        title: "is what it is tested for",
        run: async ({ store, capabilities, expect }) => {
          expect({ indexedOutbox: false, ...store.capabilities }).toEqual(capabilities);
        },
      },
    ],
  };
}

/** Registers the cases of some groups with a test runner. */
export function registerContract<S extends Declares>(
  runner: ContractRunner,
  groups: readonly ContractGroup<S>[],
  options: StoreContractOptions<S>,
): void {
  const capabilities = { ...everything, ...options.capabilities };
  const deviations = options.deviations ?? [];
  const all = [declarations<S>(), ...groups];
  const runNamed = (one: ContractCase<S>) => runCase(runner, one, capabilities, options);

  for (const group of all) {
    runner.describe(group.title, () => {
      for (const one of group.cases) {
        const title = `${one.title} [${one.id}]`;
        const deviation = deviations.find((each) => isNamed(group.title, one, each));
        const lacks = one.needs?.find((need) => !capabilities[need]);
        if (lacks !== undefined) {
          runner.it.skip(`${title} (not declared: ${lacks})`, async () => {});
        } else if (deviation !== undefined) {
          runner.it.skip(`${title} (deviation: ${deviation.reason})`, async () => {});
        } else {
          runner.it(title, () => runNamed(one));
        }
      }
    });
  }
  if (deviations.length === 0) return;
  runner.describe("a deviation", () => {
    for (const deviation of deviations) {
      const named = all.flatMap(({ title, cases }) => cases.filter((one) => isNamed(title, one, deviation)));
      checkDeviation(runner, named[0], deviation, runNamed);
    }
  });
}
