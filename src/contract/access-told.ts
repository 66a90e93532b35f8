/** Who may ask for an operation, as its row in src/modules/rules.ts has it, and what others are answered. */
import { type Action, rules } from "../modules/rules.ts";
import type { OperationId } from "./operations.ts";
import type { ToldCode } from "./problems.ts";

export type AccessTold = {
  /** By role: how far it reaches, as in src/modules/rules.ts. */
  readonly roles: Readonly<Record<string, string>>;
  readonly problems: readonly ToldCode[];
};

/** `undefined` if it is open to everybody. */
export function accessTo(id: OperationId): AccessTold | undefined {
  if (!isGuarded(id)) return undefined;
  const roles: Readonly<Record<string, string>> = rules[id];
  const mayBeOthers = Object.values(roles).some((reach) => reach !== "any");
  // What belongs to somebody else is not there; a command's own word for that is `unknown_command`.
  const absent = mayBeOthers && id !== "showCommand" ? (["not_found"] as const) : [];
  return {
    roles,
    problems: ["missing_token", "invalid_token", "forbidden", ...absent, "too_many_requests"],
  };
}

function isGuarded(id: OperationId): id is OperationId & Action {
  return Object.hasOwn(rules, id);
}
