import type { Endpoints } from "../../kernel/endpoints/endpoint.ts";
import type { EventStore } from "../../kernel/store/event-store.ts";
import type { Documents } from "../../platform/cosmos/documents.ts";
import { commandEndpoint, type CommandServices } from "../account/command-endpoint.ts";
import { requestKinds } from "../account/requests.ts";
import { transferProcessName } from "./process-names.ts";
import { showApprovals, showTransfer } from "./show-transfer.ts";
import type { TransferView } from "./transfer-view.ts";
import { showProcesses } from "./watch-transfers.ts";

type Services = CommandServices &
  Parameters<typeof showProcesses>[0] & {
    readonly store: EventStore;
    readonly transfers: Documents<TransferView>;
  };

const forApprovers = { approver: "any", "approval-desk": "any" } as const;
const forBank = { approver: "any", operator: "any", "approval-desk": "any" } as const;

export const transferEndpoints = {
  sendCredits: commandEndpoint(requestKinds.sendCredits, "customer", {
    route: "accounts/{accountId}/transfers",
    access: { customer: "own" },
  }),
  cancelTransfer: commandEndpoint(requestKinds.cancelTransfer, "customer", {
    route: "accounts/{accountId}/transfers/{transferId}/cancellation",
    access: { customer: "own" },
  }),
  approveTransfer: commandEndpoint(requestKinds.approveTransfer, "operator", {
    route: "operator/transfers/{transferId}/approval",
    access: forApprovers,
  }),
  denyTransfer: commandEndpoint(requestKinds.denyTransfer, "operator", {
    route: "operator/transfers/{transferId}/denial",
    access: forApprovers,
  }),
  showTransfer: {
    method: "GET",
    route: "transfers/{transferId}",
    access: { customer: "part", ...forBank },
    handler: ({ store, transfers }) => showTransfer(store, transfers),
  },
  showApprovals: {
    method: "GET",
    route: "operator/approvals",
    access: forBank,
    handler: ({ transfers }) => showApprovals(transfers),
  },
  showProcesses: {
    method: "GET",
    route: "operator/processes",
    access: { operator: "any" },
    orchestrator: transferProcessName,
    handler: (services) => showProcesses(services),
  },
} as const satisfies Endpoints<Services>;
