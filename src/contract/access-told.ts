/** Who may ask for an operation, as its row in src/modules/ has it, and what others are answered. */
import { type Action, guardedEndpoints } from "../modules/endpoints.ts";
import type { OperationId } from "./operations.ts";
import type { ToldCode } from "./problems.ts";

export type AccessTold = {
  /** By role: how far it reaches, as in its row. */
  readonly roles: Readonly<Record<string, string>>;
  readonly problems: readonly ToldCode[];
};

/** `undefined` if it is open to everybody. */
export function accessTo(id: OperationId): AccessTold | undefined {
  if (!isGuarded(id)) return undefined;
  const roles: Readonly<Record<string, string>> = guardedEndpoints[id].access;
  const mayBeOthers = Object.values(roles).some((reach) => reach !== "any");
  // What belongs to somebody else is not there; a command's own word for that is `unknown_command`.
  const absent = mayBeOthers && id !== "showCommand" ? (["not_found"] as const) : [];
  return {
    roles,
    problems: ["missing_token", "invalid_token", "forbidden", ...absent, "too_many_requests"],
  };
}

function isGuarded(id: OperationId): id is OperationId & Action {
  return Object.hasOwn(guardedEndpoints, id);
}
