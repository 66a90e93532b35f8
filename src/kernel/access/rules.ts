/** Who may do what: how far each role reaches at an endpoint. What is not listed is not allowed. */
import type { Role } from "../../platform/identity/caller.ts";

/** `any` resource, only one's `own`, or one that one has `part` in (as the sender or receiver of a transfer). */
type Reach = "any" | "own" | "part";

export type Rule = Readonly<Partial<Record<Role, Reach>>>;

/** How far these roles reach together; undefined if not at all. */
export function reachOf(rule: Rule, roles: readonly Role[]): Reach | undefined {
  const given = roles.map((role) => rule[role]);
  return widestFirst.find((reach) => given.includes(reach));
}

const widestFirst: readonly Reach[] = ["any", "part", "own"];
