/** Faults that a test sets up, so that the account misbehaves as the real service may. */
import { isJsonObject, type JsonObject, wholeNumberAt } from "../shared/json.ts";
import {
  checkRuleLimits,
  checkTexts,
  checkWholeNumber,
  longestDelayMs,
} from "../shared/rule-checks.ts";
import { createRandom } from "../shared/random.ts";

export type FaultOperation =
  "create" | "read" | "replace" | "upsert" | "patch" | "delete" | "batch" | "query" | "feed";

export type FaultRule = {
  readonly id?: string;
  /** All that are given must hold; an empty match is every operation on items. */
  readonly match: {
    readonly operation?: FaultOperation;
    /** "dbs/x/colls/y", or the last part of it. */
    readonly container?: string;
    /** The value of a simple key, or the values of a hierarchical one. */
    readonly partitionKey?: unknown;
    readonly documentId?: string;
  };
  readonly effect: FaultEffect;
  /** How often the rule applies; without it, for ever. */
  readonly times?: number;
  /** From 0 to 1; drawn from a sequence that `seed` fixes. */
  readonly probability?: number;
  readonly seed?: number;
};

export type FaultEffect =
  | {
      readonly kind: "status";
      readonly status: number;
      readonly substatus?: number;
      readonly retryAfterMs?: number;
    }
  /** The operation is done, but its answer never arrives. */
  | { readonly kind: "drop_reply" }
  | { readonly kind: "delay"; readonly ms: number };

/** What an operation is about to do, as the rules see it. */
export type FaultTarget = {
  readonly operation: FaultOperation;
  readonly container: string;
  readonly partitionKey?: readonly unknown[] | undefined;
  readonly documentId?: string | undefined;
};

export type ActiveFault = FaultRule & { readonly id: string; readonly hits: number };

/** How tests set faults up. */
export type FaultControl = {
  /** Adds a rule, or puts it in the place of the one with its id; gives the id. */
  set(rule: FaultRule): string;
  list(): readonly ActiveFault[];
  /** Removes one rule, or all. */
  clear(id?: string): void;
};

export type Faults = FaultControl & {
  /** Whether there are any rules to ask. */
  readonly isActive: () => boolean;
  /** The effect of the first rule that applies now; it counts as used. */
  take(target: FaultTarget): FaultEffect | undefined;
};

type Entry = { readonly rule: FaultRule; readonly random: () => number; hits: number };

/** `onHit` is told the id of each rule that applied. */
export function createFaults(onHit?: (id: string) => void): Faults {
  const entries = new Map<string, Entry>();
  let added = 0;

  const take = (target: FaultTarget): FaultEffect | undefined => {
    for (const [id, entry] of entries) {
      const { rule } = entry;
      if (entry.hits >= (rule.times ?? Infinity) || !matches(rule.match, target)) continue;
      if (rule.probability !== undefined && entry.random() >= rule.probability) continue;
      entry.hits += 1;
      onHit?.(id);
      return rule.effect;
    }
    return undefined;
  };

  return {
    isActive: () => entries.size > 0,
    set: (rule) => {
      checkFaultRule(rule);
      const id = rule.id ?? `fault-${(added += 1)}`;
      entries.set(id, { rule, random: createRandom(rule.seed ?? 1), hits: 0 });
      return id;
    },
    list: () => [...entries].map(([id, { rule, hits }]) => ({ ...rule, id, hits })),
    clear: (id) => {
      if (id === undefined) entries.clear();
      else entries.delete(id);
    },
    take,
  };
}

function matches(match: FaultRule["match"], target: FaultTarget): boolean {
  const { operation, container, partitionKey, documentId } = match;
  // A batch as a whole is hit only by rules that name it; others look at what is in it.
  if (operation !== target.operation && (operation !== undefined || target.operation === "batch")) {
    return false;
  }
  if (documentId !== undefined && documentId !== target.documentId) return false;
  if (container !== undefined && container !== target.container) {
    if (!target.container.endsWith(`/colls/${container}`)) return false;
  }
  if (partitionKey === undefined) return true;
  const wanted = Array.isArray(partitionKey) ? partitionKey : [partitionKey];
  return JSON.stringify(wanted) === JSON.stringify(target.partitionKey);
}

const operations: readonly unknown[] = [
  "create",
  "read",
  "replace",
  "upsert",
  "patch",
  "delete",
  "batch",
  "query",
  "feed",
] satisfies FaultOperation[];

/** @throws TypeError that says what is wrong; rules may come from outside as JSON */
export function checkFaultRule(rule: FaultRule): void {
  const { match, effect }: { match?: unknown; effect?: unknown } = rule;
  if (!isJsonObject(match) || !isJsonObject(effect)) {
    throw new TypeError("A fault rule needs match and effect.");
  }
  const { operation } = match;
  if (operation !== undefined && !operations.includes(operation)) {
    throw new TypeError(`A fault's operation is one of ${operations.join(", ")}.`);
  }
  checkTexts(match, ["container", "documentId"]);
  checkRuleLimits(rule);
  checkEffect(effect);
}

function checkEffect(effect: JsonObject): void {
  switch (effect["kind"]) {
    case "status":
      wholeNumberAt(effect, "status", { least: 400, most: 599 });
      checkWholeNumber(effect, "substatus", { least: 0, most: 9_999 });
      checkWholeNumber(effect, "retryAfterMs", { least: 0, most: longestDelayMs });
      return;
    case "drop_reply":
      return;
    case "delay":
      wholeNumberAt(effect, "ms", { least: 0, most: longestDelayMs });
      return;
    default:
      throw new TypeError("A fault's effect is a status, a drop_reply or a delay.");
  }
}
