import type { Endpoint } from "../../kernel/endpoints/endpoint.ts";
import { acceptCommand } from "../../kernel/ingress/accept.ts";
import { intentionOf } from "./read-intention.ts";
import type { RequestKind } from "./requests.ts";

export type CommandServices = Parameters<typeof acceptCommand>[1] &
  Parameters<typeof intentionOf>[1];

/** A POST that stores one command in [commands]. `actor`: in whose name; a decision is made in the approver's. */
export function commandEndpoint(
  kind: RequestKind,
  actor: "customer" | "operator",
  { route, access }: Pick<Endpoint<CommandServices>, "route" | "access">,
): Endpoint<CommandServices> {
  return {
    method: "POST",
    route,
    access,
    handler: (services) => acceptCommand(intentionOf({ kind, actor }, services), services),
  };
}
