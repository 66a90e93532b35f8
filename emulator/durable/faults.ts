import { isJsonObject } from "../shared/json.ts";

/** Faults of the platform that a test sets up for durable functions. */
export type DurableFaultRule = {
  readonly id?: string;
  /** All that are given must hold; an empty match is every turn of every instance. */
  readonly match: {
    /** Name of the orchestrator function; case does not count. */
    readonly orchestrator?: string;
    readonly instanceId?: string;
  };
  readonly effect: {
    /** The process that runs the functions ends in the middle of a turn; the host goes on. */
    readonly kind: "worker_dies";
  };
  /** How often the rule applies; without it, for ever. */
  readonly times?: number;
};

/** How tests set faults up. */
export type DurableFaultControl = {
  /**
   * Adds a rule, or puts it in the place of the one with its id; gives the id.
   * @throws TypeError that says what is wrong with the rule
   */
  set(rule: DurableFaultRule): string;
  list(): readonly (DurableFaultRule & { readonly id: string; readonly hits: number })[];
  /** Removes one rule, or all. */
  clear(id?: string): void;
};

export type DurableFaults = DurableFaultControl & {
  /** Whether the worker dies in this turn; the first rule that says so counts as used. */
  killsWorker(turn: { readonly orchestrator: string; readonly instanceId: string }): boolean;
};

type Entry = { readonly rule: DurableFaultRule; hits: number };

export function createDurableFaults(): DurableFaults {
  const entries = new Map<string, Entry>();
  let added = 0;
  return {
    set: (rule) => {
      checkRule(rule);
      const id = rule.id ?? `durable-${(added += 1)}`;
      entries.set(id, { rule, hits: 0 });
      return id;
    },
    list: () => [...entries].map(([id, { rule, hits }]) => ({ ...rule, id, hits })),
    clear: (id) => {
      if (id === undefined) entries.clear();
      else entries.delete(id);
    },
    killsWorker: ({ orchestrator, instanceId }) => {
      for (const entry of entries.values()) {
        const { match, times = Infinity } = entry.rule;
        const name = (match.orchestrator ?? orchestrator).toLowerCase();
        const isMet =
          name === orchestrator.toLowerCase() && (match.instanceId ?? instanceId) === instanceId;
        if (!isMet || entry.hits >= times) continue;
        entry.hits += 1;
        return true;
      }
      return false;
    },
  };
}

/** Rules may come from outside as JSON. */
function checkRule(rule: DurableFaultRule): void {
  const { id, match, effect, times } = rule as Readonly<Record<string, unknown>>;
  if (id !== undefined && (typeof id !== "string" || id === "")) {
    throw new TypeError("A fault's id is a text that is not empty.");
  }
  if (!isJsonObject(match) || !isJsonObject(effect)) {
    throw new TypeError("A fault of durable functions needs match and effect.");
  }
  for (const key of ["orchestrator", "instanceId"]) {
    if (match[key] !== undefined && typeof match[key] !== "string") {
      throw new TypeError(`A fault's match.${key} is a text.`);
    }
  }
  if (effect["kind"] !== "worker_dies") {
    throw new TypeError("The effect of a fault of durable functions is worker_dies.");
  }
  if (times !== undefined && !(Number.isInteger(times) && Number(times) > 0)) {
    throw new TypeError("A fault's times is a positive integer.");
  }
}
