import { randomBytes } from "node:crypto";

/** Things known by a random name for a while; what has expired is forgotten with the next one added. */
export type Expiring<Value> = {
  /** Gives the name. */
  add(value: Value): string;
  get(name: string): Value | undefined;
  delete(name: string): void;
  /** Forgets all that the condition holds for. */
  deleteWhere(condition: (value: Value) => boolean): void;
};

export function createExpiring<Value>(
  clock: { now(): number },
  lifetimeMs: number,
): Expiring<Value> {
  const entries = new Map<string, { readonly value: Value; readonly untilMs: number }>();
  return {
    add: (value) => {
      const now = clock.now();
      for (const [name, { untilMs }] of entries) {
        if (untilMs > now) break; // all live equally long: those behind were added later
        entries.delete(name);
      }
      const name = randomBytes(32).toString("base64url");
      entries.set(name, { value, untilMs: now + lifetimeMs });
      return name;
    },
    get: (name) => {
      const entry = entries.get(name);
      return entry !== undefined && entry.untilMs > clock.now() ? entry.value : undefined;
    },
    delete: (name) => void entries.delete(name),
    deleteWhere: (condition) => {
      for (const [name, { value }] of entries) if (condition(value)) entries.delete(name);
    },
  };
}
