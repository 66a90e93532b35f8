/**
 * Every operation of the HTTP contract, by the name of its endpoint in src/endpoints.ts. OpenAPI, the page, the client and the
 * tests of the real answers are made from this table.
 */
import * as answers from "./answers.ts";
import { answerExamples as shown, requestExamples } from "./examples.ts";
import { as, command, commandAnswers, open, type Operation, query } from "./operation.ts";
import * as operatorAnswers from "./operator-answers.ts";
import { requests } from "./requests.ts";

const forOperators = { tag: "Operators" } as const;

const operations = {
  openAccount: command("openAccount", {
    tag: "Accounts",
    route: "accounts",
    summary: "Open an account",
  }),
  loadCredits: command("loadCredits", {
    tag: "Accounts",
    route: "accounts/{accountId}/loads",
    summary: "Load credits",
    parameters: ["AccountInPath"],
  }),
  closeAccount: command("closeAccount", {
    tag: "Accounts",
    route: "accounts/{accountId}/closure",
    summary: "Close an empty account",
    parameters: ["AccountInPath"],
  }),
  showAccount: query(answers.account, shown.account, {
    tag: "Accounts",
    route: "accounts/{accountId}",
    summary: "An account",
    parameters: ["AccountInPath"],
    problems: ["invalid_request", "not_found", "unreadable"],
  }),
  pastBalance: query(answers.pastBalance, shown.pastBalance, {
    tag: "Accounts",
    route: "accounts/{accountId}/balance",
    summary: "The balance at a past instant",
    parameters: ["AccountInPath", "At"],
    problems: ["invalid_request", "not_found", "unreadable"],
  }),
  showStatement: query(answers.statementPage, shown.statementPage, {
    tag: "Accounts",
    route: "accounts/{accountId}/statement",
    summary: "Movements, oldest first",
    parameters: ["AccountInPath", "From", "To", "Limit", "After"],
    problems: ["invalid_request", "not_found", "unreadable"],
  }),
  sendCredits: command("sendCredits", {
    tag: "Transfers",
    route: "accounts/{accountId}/transfers",
    summary: "Send credits",
    description:
      "At once, or when the instant has come; from 1000.00 on once somebody has approved.",
    parameters: ["AccountInPath"],
  }),
  cancelTransfer: command("cancelTransfer", {
    tag: "Transfers",
    route: "accounts/{accountId}/transfers/{transferId}/cancellation",
    summary: "Take back a transfer that is scheduled or waits for approval",
    parameters: ["AccountInPath", "TransferInPath"],
    problems: ["not_found"],
  }),
  showTransfer: query(answers.transfer, shown.transfer, {
    tag: "Transfers",
    route: "transfers/{transferId}",
    summary: "A transfer and its history",
    parameters: ["TransferInPath"],
    problems: ["invalid_request", "not_found", "unreadable"],
  }),
  showNotifications: query(answers.notificationPage, shown.notificationPage, {
    tag: "Notifications",
    route: "accounts/{accountId}/notifications",
    summary: "What the owner should know, oldest first",
    description: "With `Prefer: wait=N` held until there is something after the cursor.",
    parameters: ["AccountInPath", "After", "Limit", "Prefer", "Wait"],
    problems: ["invalid_request", "unreadable"],
  }),
  streamNotifications: {
    ...as(
      "text/event-stream",
      query(answers.eventStream, shown.eventStream, {
        tag: "Notifications",
        route: "accounts/{accountId}/notifications/stream",
        summary: "The same, pushed",
        description:
          "For an `EventSource`: closed after some seconds or after something was sent; it comes back by itself. While " +
          "the store is away, the stream says so in a comment.",
        parameters: ["AccountInPath", "LastEventIdHeader", "LastEventId"],
      }),
    ),
    problems: ["invalid_request", "unreadable", "unavailable"],
  },
  showCommand: {
    ...query(answers.commandStatus, shown.settledCommand, {
      tag: "Commands",
      route: "commands/{stream}/{commandId}",
      summary: "How far a command has got",
      parameters: ["StreamInPath", "CommandInPath", "Prefer", "Wait", "Until"],
      problems: ["invalid_request", "unknown_command", "unreadable"],
    }),
    answers: commandAnswers(["Location"]),
  },
  approveTransfer: command("approveTransfer", {
    ...forOperators,
    route: "operator/transfers/{transferId}/approval",
    summary: "Approve a transfer",
    parameters: ["TransferInPath"],
    problems: ["not_found"],
  }),
  denyTransfer: command("denyTransfer", {
    ...forOperators,
    route: "operator/transfers/{transferId}/denial",
    summary: "Deny a transfer",
    parameters: ["TransferInPath"],
    problems: ["not_found"],
  }),
  freezeAccount: command("freezeAccount", {
    ...forOperators,
    route: "operator/accounts/{accountId}/freeze",
    summary: "Freeze an account",
    parameters: ["AccountInPath"],
  }),
  unfreezeAccount: command("unfreezeAccount", {
    ...forOperators,
    route: "operator/accounts/{accountId}/unfreeze",
    summary: "Open a frozen account again",
    parameters: ["AccountInPath"],
  }),
  showApprovals: query(operatorAnswers.approvals, shown.approvals, {
    ...forOperators,
    route: "operator/approvals",
    summary: "What waits for approval",
  }),
  showProcesses: query(operatorAnswers.processes, shown.processes, {
    ...forOperators,
    route: "operator/processes",
    summary: "The transfers that a process leads",
  }),
  showRevenue: query(operatorAnswers.revenue, shown.revenue, {
    ...forOperators,
    route: "operator/revenue",
    summary: "Fees, loads and transfers of each day",
    parameters: ["FromDay", "ToDay"],
    problems: ["invalid_request"],
  }),
  showTotals: query(operatorAnswers.systemTotals, shown.systemTotals, {
    ...forOperators,
    route: "operator/totals",
    summary: "The whole system's money",
  }),
  showDeadLetters: query(operatorAnswers.deadLetters, shown.deadLetters, {
    ...forOperators,
    route: "operator/dead-letters",
    summary: "What could not be handled",
    parameters: ["MostLetters", "Lane"],
    problems: ["invalid_request"],
  }),
  showDeadLetter: query(operatorAnswers.deadLetter, shown.deadLetter, {
    ...forOperators,
    route: "operator/dead-letters/{id}",
    summary: "A message that could not be handled, and what was decided about it",
    parameters: ["LetterInPath", "LaneOfLetter"],
    problems: ["invalid_request", "not_found"],
  }),
  repairDeadLetter: decision("repairDeadLetter", {
    route: "operator/dead-letters/{id}/repair",
    summary: "Put another message in the place of one that cannot be handled",
    description:
      "What is stored stays as it is, and the correction beside it counts from now on. Then the lane is replayed.",
    problems: ["correction_refused"],
  }),
  discardDeadLetter: decision("discardDeadLetter", {
    route: "operator/dead-letters/{id}/discard",
    summary: "Do without a message that cannot be handled",
    description:
      "A command is rejected, a commit counts as if nothing had happened, and a document that is no part of its stream is " +
      "archived. A record stays. Then the lane is replayed.",
    problems: ["correction_refused"],
  }),
  replayDeadLetters: recovering("replayDeadLetters", {
    route: "operator/dead-letters/replay",
    summary: "Handle what was parked once more",
  }),
  showAccess: open(answers.accessMetadata, shown.accessMetadata, "application/json", {
    route: ".well-known/oauth-protected-resource",
    summary: "Whom to ask for an access token (RFC 9728)",
  }),
  showLiveness: open(answers.liveness, { status: "up" }, "application/json", {
    route: "health/live",
    summary: "Whether this instance answers",
  }),
  showReadiness: readiness(),
  showContract: open(answers.contractDocument, { openapi: "3.1.1" }, "application/json", {
    route: "openapi.json",
    summary: "This contract as OpenAPI 3.1",
  }),
  showEventCatalogue: open(answers.eventCatalogue, { asyncapi: "3.0.0" }, "application/json", {
    route: "asyncapi.json",
    summary: "What leaves through Event Grid, as AsyncAPI 3.0",
  }),
  showContractPage: open(answers.webPage, "<!doctype html>…", "text/html", {
    route: "docs",
    summary: "This contract as a page",
  }),
  showEventsPage: open(answers.webPage, "<!doctype html>…", "text/html", {
    route: "docs/events",
    summary: "The events as a page",
  }),
} as const satisfies Record<string, Operation>;

export type OperationId = keyof typeof operations;

/** The operations in the order of the table. */
export function eachOperation(): readonly (readonly [OperationId, Operation])[] {
  return Object.entries(operations) as [OperationId, Operation][];
}

type RecoveryPlace = Pick<Operation, "route" | "summary"> &
  Partial<Pick<Operation, "description" | "problems" | "parameters">>;

/** Something that ends with a replay. */
function recovering(
  request: "replayDeadLetters" | "repairDeadLetter" | "discardDeadLetter",
  { problems = [], ...place }: RecoveryPlace,
): Operation {
  const common = ["malformed_json", "invalid_request", "not_found"] as const;
  const ofBody = ["body_too_large", "unsupported_media_type"] as const;
  return {
    ...query(operatorAnswers.replay, shown.replay, {
      ...forOperators,
      ...place,
      problems: [...common, ...problems, ...ofBody],
    }),
    method: "POST",
    request: { schema: requests[request], example: requestExamples[request] },
  };
}

function decision(
  request: "repairDeadLetter" | "discardDeadLetter",
  { problems = [], ...place }: RecoveryPlace,
): Operation {
  return recovering(request, {
    ...place,
    parameters: ["LetterInPath"],
    problems: ["not_possible", "decision_conflict", ...problems],
  });
}

function readiness(): Operation {
  const place = {
    route: "health/ready",
    summary: "Whether commands can be stored and views be read",
  };
  const [up, down] = (["up", "down"] as const).map((status) => ({
    status,
    checks: { store: status },
  }));
  const told = open(answers.readiness, up, "application/json", place);
  const [ready] = told.answers;
  if (ready === undefined) return told;
  const notReady = { description: "Not at the moment.", examples: { example: down } };
  return { ...told, answers: [ready, { ...ready, ...notReady, status: 503 }] };
}
