import { type JsonObject, wholeNumberAt } from "../shared/json.ts";
import {
  checkObject,
  checkRuleLimits,
  checkTexts,
  checkWholeNumber,
  longestDelayMs,
} from "../shared/rule-checks.ts";
import { createRandom } from "../shared/random.ts";
import type { Subscription } from "./subscription.ts";

/**
 * Weather: what the service may do and does not do by itself here. It delivers at least once and in
 * no order (documentation: "Event Grid message delivery and retry"), yet on one machine nearly
 * always once and in order, until a rule says otherwise.
 */
export type WeatherRule = {
  readonly id?: string;
  /** All that are given must hold; an empty match is every delivery. */
  readonly match?: {
    readonly topic?: string;
    readonly subscription?: string;
    readonly eventType?: string;
    readonly eventId?: string;
  };
  readonly effect: WeatherEffect;
  /** How often the rule applies; without it, for ever. */
  readonly times?: number;
  /** From 0 to 1; drawn from a sequence that `seed` fixes. */
  readonly probability?: number;
  readonly seed?: number;
};

type WeatherEffect =
  /** So many more deliveries of the same event. */
  | { readonly kind: "duplicate"; readonly copies?: number }
  | { readonly kind: "delay"; readonly ms: number }
  /** Each delivery waits for a while of its own, up to `windowMs`. */
  | { readonly kind: "reorder"; readonly windowMs: number }
  /** The first attempt gets lost on its way, as by a broken connection. */
  | { readonly kind: "drop_first_attempt" };

type WeatherTarget = {
  readonly topic: string;
  readonly subscription: string;
  readonly eventType: string;
  readonly eventId: string;
};

export type WeatherControl = {
  /** Adds a rule, or puts it in the place of the one with its id; gives the id. */
  set(rule: WeatherRule): string;
  list(): readonly (WeatherRule & { readonly id: string; readonly hits: number })[];
  /** Removes one rule, or all. */
  clear(id?: string): void;
};

export type Weather = WeatherControl & {
  /** How long each delivery of a new event waits: one entry for each copy, most often just [0]. */
  delaysMs(target: WeatherTarget): readonly number[];
  /** Whether the first attempt gets lost. */
  dropsFirstAttempt(target: WeatherTarget): boolean;
};

type Entry = { readonly rule: WeatherRule; readonly random: () => number; hits: number };

export function createWeather(): Weather {
  const entries = new Map<string, Entry>();
  let added = 0;

  /** The rules of these kinds that apply now; they count as used. */
  const take = (target: WeatherTarget, kinds: readonly WeatherEffect["kind"][]): Entry[] => {
    if (entries.size === 0) return [];
    return [...entries.values()].filter((entry) => {
      const { match = {}, effect, times = Infinity, probability } = entry.rule;
      if (!kinds.includes(effect.kind) || entry.hits >= times) return false;
      if (!matches(match, target)) return false;
      if (probability !== undefined && entry.random() >= probability) return false;
      entry.hits += 1;
      return true;
    });
  };

  const delaysMs = (target: WeatherTarget): readonly number[] => {
    const taken = take(target, ["duplicate", "delay", "reorder"]);
    let copies = 1;
    for (const { rule } of taken) {
      if (rule.effect.kind === "duplicate") copies += rule.effect.copies ?? 1;
    }
    return Array.from({ length: copies }, () =>
      taken.reduce((sum, { rule: { effect }, random }) => {
        if (effect.kind === "delay") return sum + effect.ms;
        return effect.kind === "reorder" ? sum + Math.floor(random() * effect.windowMs) : sum;
      }, 0),
    );
  };

  return {
    set: (rule) => {
      checkRule(rule);
      const id = rule.id ?? `weather-${(added += 1)}`;
      entries.set(id, { rule, random: createRandom(rule.seed ?? 1), hits: 0 });
      return id;
    },
    list: () => [...entries].map(([id, { rule, hits }]) => ({ ...rule, id, hits })),
    clear: (id) => {
      if (id === undefined) entries.clear();
      else entries.delete(id);
    },
    delaysMs,
    dropsFirstAttempt: (target) => take(target, ["drop_first_attempt"]).length > 0,
  };
}

/** One event on its way to one subscription, as the rules see it. */
export function targetOf({ topic, name }: Subscription, event: JsonObject): WeatherTarget {
  return {
    topic: topic.name,
    subscription: name,
    eventType: String(event["eventType"] ?? event["type"]),
    eventId: String(event["id"]),
  };
}

function matches(match: NonNullable<WeatherRule["match"]>, target: WeatherTarget): boolean {
  const { topic, subscription, eventType, eventId } = match;
  return (
    (topic === undefined || topic === target.topic) &&
    (subscription === undefined || subscription === target.subscription) &&
    (eventType === undefined || eventType === target.eventType) &&
    (eventId === undefined || eventId === target.eventId)
  );
}

/** @throws TypeError that says what is wrong; rules may come from outside as JSON */
function checkRule(rule: WeatherRule): void {
  const { match = {}, effect }: { match?: unknown; effect?: unknown } = rule;
  checkRuleLimits(rule);
  checkTexts(checkObject(match, "match"), ["topic", "subscription", "eventType", "eventId"]);
  checkEffect(checkObject(effect, "effect"));
}

const mostCopies = 100;
const duration = { least: 0, most: longestDelayMs };

function checkEffect(effect: JsonObject): void {
  switch (effect["kind"]) {
    case "duplicate":
      checkWholeNumber(effect, "copies", { least: 1, most: mostCopies });
      return;
    case "delay":
      wholeNumberAt(effect, "ms", duration);
      return;
    case "reorder":
      wholeNumberAt(effect, "windowMs", duration);
      return;
    case "drop_first_attempt":
      return;
    default:
      throw new TypeError("An effect is duplicate, delay, reorder or drop_first_attempt.");
  }
}
