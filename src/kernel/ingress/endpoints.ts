import type { Documents } from "../../platform/cosmos/documents.ts";
import type { Endpoints } from "../endpoints/endpoint.ts";
import type { CommandDocument } from "../messages/command.ts";
import { commandStatus } from "./command-status.ts";
import type { StatusReader } from "./status.ts";

type Services = {
  readonly commands: Documents<CommandDocument>;
  readonly statuses: StatusReader;
};

export const statusEndpoints = {
  showCommand: {
    method: "GET",
    route: "commands/{stream}/{commandId}",
    access: { customer: "own", approver: "any", operator: "any", "approval-desk": "any" },
    handler: ({ commands, statuses }) => commandStatus(commands, statuses),
  },
} as const satisfies Endpoints<Services>;
