import type { FieldThresholds } from "../contracts/types.js";
import { RegraftError } from "../errors.js";
import { own } from "../hash/own.js";
import type { Configuration } from "./configuration.js";

/** The confidence that a value of one field needs, both inclusive. */
export interface Thresholds {
  /** To be used at all. */
  readonly use: number;
  /** To be used without asking the person to confirm. */
  readonly withoutConfirmation: number;
}

type Source = Pick<Configuration, "thresholds" | "fieldThresholds" | "tenantThresholds">;

function layered(...layers: readonly (FieldThresholds | undefined)[]): Partial<Thresholds> {
  return Object.assign(
    {},
    ...layers.map((layer) => ({ ...pick(layer, "use"), ...pick(layer, "withoutConfirmation") })),
  );
}

function pick<K extends keyof Thresholds>(layer: FieldThresholds | undefined, key: K): Partial<Thresholds> {
  const value = layer?.[key];
  return value === undefined ? {} : { [key]: value };
}

/** What holds for a field of a tenant: the tenant's own for the field, the tenant's, those for the field, those for all. */
export function thresholdsOf(config: Source, tenantId: string, field: string): Thresholds {
  const tenant = own(config.tenantThresholds, tenantId);
  const layers = layered(own(config.fieldThresholds, field), tenant, own(tenant?.fields, field));
  const { use, withoutConfirmation } = config.thresholds;
  return { use, withoutConfirmation, ...layers };
}

/** Refuses thresholds by which a value would need less to go without confirmation than to be used. */
export function checkThresholds(config: Source): void {
  const check = ({ use, withoutConfirmation }: Thresholds, path: string) => {
    if (use <= withoutConfirmation) return;
    const message = "a value needs no less confidence to go without confirmation than to be used";
    const details = {
      path: `${path}/withoutConfirmation`,
      expected: `a number >= ${use}`,
      received: String(withoutConfirmation),
    };
    throw new RegraftError("CONFIG.INVALID", message, details);
  };
  const none = { ...config.thresholds };
  check(none, "/thresholds");
  const fields = Object.keys(config.fieldThresholds ?? {});
  for (const field of fields) check(thresholdsOf(config, "", field), `/fieldThresholds/${escaped(field)}`);
  for (const [tenantId, { fields: own = {} }] of Object.entries(config.tenantThresholds ?? {})) {
    const path = `/tenantThresholds/${escaped(tenantId)}`;
    check({ ...none, ...layered(config.tenantThresholds?.[tenantId]) }, path);
    for (const field of new Set([...fields, ...Object.keys(own)])) {
      check(thresholdsOf(config, tenantId, field), `${path}/fields/${escaped(field)}`);
    }
  }
}

function escaped(name: string): string {
  return name.replaceAll("~", "~0").replaceAll("/", "~1");
}
