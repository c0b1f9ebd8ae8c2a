import { count, isLoose, type Loose, list, record, text, texts } from "./case.js";

const dayMs = 86_400_000;
const hourMs = 3_600_000;

/** Reads the first of several spellings of a key. */
export function either(from: Loose, ...keys: readonly string[]): unknown {
  for (const key of keys) {
    for (const spelling of [key, key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)]) {
      const value = from[spelling];
      if (value !== undefined && value !== null) return value;
    }
  }
  return undefined;
}

/** Copies an object under the names of the library; keys that are not listed stay, so that they can be refused. */
function renamed(from: Loose, names: Readonly<Record<string, string>>): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(from)) {
    if (value === null) continue;
    const camel = key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
    result[names[camel] ?? camel] = value;
  }
  return result;
}

const stepNames = {
  isCheckpoint: "checkpoint",
  required: "requiredAction",
  isRequiredAction: "requiredAction",
  collectsProfileFields: "collects",
  ruleIds: "rules",
  toolIds: "tools",
};

const transitionNames = {
  fromStepId: "from",
  toStepId: "to",
  conditionFields: "fields",
  default: "else",
  isDefault: "else",
};

/** A graph of a case as the library's own JSON. */
export function scenarioOf(graph: Loose): Loose {
  const { steps, transitions, ...rest } = renamed(graph, {
    entryStepId: "entry",
    entryStep: "entry",
    nodes: "steps",
    edges: "transitions",
  });
  const nested = list(steps).flatMap((step) => {
    const own = record(step);
    return list(own.transitions).map((way): Loose => ({ from: own.id, ...record(way) }));
  });
  return {
    ...rest,
    steps: list(steps).map((step) => {
      const { transitions: _, ...own } = renamed(record(step), stepNames);
      return own;
    }),
    transitions: [...list(transitions), ...nested].map((way) => renamed(record(way), transitionNames)),
  };
}

const scopeNames = {
  includeCurrentNodes: "includeSteps",
  excludeCurrentNodes: "excludeSteps",
  includeCurrentSteps: "includeSteps",
  excludeCurrentSteps: "excludeSteps",
  includeNodes: "includeSteps",
  excludeNodes: "excludeSteps",
};

/** A filter of a case as a scope. */
export function scopeOf(filter: Loose): Loose {
  const { minAgeDays, maxAgeDays, minAgeHours, maxAgeHours, customConditions, conditions, ...scope } = renamed(
    filter,
    scopeNames,
  );
  const age = (days: unknown, hours: unknown): number | undefined => {
    const inDays = count(days);
    const inHours = count(hours);
    return inDays === undefined ? (inHours === undefined ? undefined : inHours * hourMs) : inDays * dayMs;
  };
  const [minAgeMs, maxAgeMs] = [age(minAgeDays, minAgeHours), age(maxAgeDays, maxAgeHours)];
  const condition = conditionOf(customConditions ?? conditions);
  return {
    ...scope,
    ...(minAgeMs === undefined ? {} : { minAgeMs }),
    ...(maxAgeMs === undefined ? {} : { maxAgeMs }),
    ...(condition === undefined ? {} : { condition }),
  };
}

/** One CEL text for a condition, a list of them, or an object of values to be equal to. */
function conditionOf(given: unknown): string | undefined {
  if (isLoose(given)) {
    const parts = Object.entries(given).map(
      ([name, value]) => `data[${JSON.stringify(name)}] == ${JSON.stringify(value)}`,
    );
    return parts.length > 0 ? parts.join(" && ") : undefined;
  }
  const parts = texts(given);
  return parts.length > 1 ? parts.map((part) => `(${part})`).join(" && ") : parts[0];
}

const policyNames = {
  forceScenario: "forceKind",
  scopeFilter: "scope",
  filter: "scope",
};

/** Policies of a case by old step id. */
export function policiesOf(policies: Loose): Loose {
  return Object.fromEntries(
    Object.entries(policies).map(([stepId, value]) => {
      const policy = renamed(record(value), policyNames);
      return [stepId, isLoose(policy.scope) ? { ...policy, scope: scopeOf(policy.scope) } : policy];
    }),
  );
}

/** Options of a case as the engine's own; options that the engine does not have are left out. */
export function configurationOf(given: Loose): Loose {
  const parts = [
    given,
    ...["deployment", "gapFill", "reRouting", "retention", "logging", "extraction"].map((key) =>
      record(either(given, key)),
    ),
  ];
  const read = (...keys: readonly string[]) =>
    parts.map((part) => either(part, ...keys)).find((value) => value !== undefined && !isLoose(value));
  const own = (key: string, name: string) =>
    text(key) === undefined ? undefined : either(record(either(given, key)), name);
  const groups = {
    extraction: { enabled: read("extractionEnabled") ?? own("extraction", "enabled") },
    reRouting: { enabled: read("reRoutingEnabled") ?? own("reRouting", "enabled") },
    thresholds: {
      use: read("extractionConfidenceThreshold", "confidenceThreshold", "useThreshold") ?? own("thresholds", "use"),
      withoutConfirmation: read("confirmationThreshold") ?? own("thresholds", "withoutConfirmation"),
    },
    retention: {
      versionDays: read("versionRetentionDays", "versionDays"),
      planDays: read("planRetentionDays", "planDays", "retentionDays"),
    },
  };
  const flat = {
    enabled: given.enabled,
    autoMark: read("autoMark", "autoMarkSessions"),
    requireApproval: read("requireApproval"),
    notifyOnReRoute: read("notifyUser", "notifyOnReRoute", "notify"),
    notifyTemplate: read("notificationTemplate", "notifyTemplate"),
    conversationTurns: read("maxConversationTurns", "conversationTurns"),
    planExpiryDays: read("planExpiryDays", "expiryDays"),
    historyLimit: read("historyLimit", "maxHistory"),
    markPageSize: read("markPageSize", "pageSize", "batchSize"),
  };
  const filled = Object.entries(groups).map(([name, group]) => [name, present(group)] as const);
  return { ...present(flat), ...Object.fromEntries(filled.filter(([, group]) => Object.keys(group).length > 0)) };
}

function present(from: Loose): Loose {
  return Object.fromEntries(Object.entries(from).filter(([, value]) => value !== undefined));
}
