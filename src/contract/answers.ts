/** Every answer of the HTTP contract. What endpoints really answer is tested against these. */
import { z } from "zod";
import { rejections } from "../../domain/account/account.messages.ts";
import { discarded } from "../kernel/messages/rejections.ts";
import { points } from "../kernel/http/read-request.ts";
import type { CommandStatus } from "../kernel/ingress/status.ts";
import type { FieldError } from "../platform/http/problem.ts";
import type { Notification } from "../modules/notifications/notifications-of.ts";
import { explained, namedAnswer } from "./components.ts";
import { problemCodes, type ToldCode } from "./problems.ts";
import {
  accountId,
  amount,
  count,
  currency,
  cursor,
  instant,
  signedAmount,
  terms,
  transferId,
} from "./values.ts";

// ── Commands ────────────────────────────────────────────────────────────────────────────────────────────────────────

export const commandStatus = namedAnswer(
  "CommandStatus",
  "How far a command has got, and how it ended. A refused rule is an outcome, not an HTTP error.",
  z.object({
    commandId: explained("The last part of the status address.", z.string()),
    stream: z.string().regex(/^account-[0-9a-z]{16}$/),
    type: explained("The command's type, such as `SendCredits`.", z.string()),
    status: explained(
      "`parked`: the system failed at it; it will be handled once the cause is gone.",
      z.enum(["pending", "accepted", "rejected", "parked"]),
    ),
    reached: explained(
      "`handled`: the outcome is recorded; `visible`: the read model shows it; `settled`: all it set in motion has ended.",
      z.enum(points),
    ),
    rejection: z.exactOptional(
      namedAnswer(
        "Rejection",
        "Which rule said no; only of a rejected command.",
        z.object({
          code: z.enum([
            ...(Object.keys(rejections) as (keyof typeof rejections)[]),
            discarded.code,
          ]),
          detail: explained("One sentence for people.", z.string()),
        }),
      ),
    ),
    resource: explained("Where the account or the transfer can be read.", z.string()),
    acceptedAt: instant,
    handledAt: z.exactOptional(instant),
  }),
) satisfies z.ZodType<Omit<CommandStatus, "rejection">>;

// ── Accounts ────────────────────────────────────────────────────────────────────────────────────────────────────────

const balance = namedAnswer(
  "Balance",
  "`confirmed` = available + in flight + held: what the owner owns until movements under way are settled.",
  z.object({ available: amount, inFlight: amount, held: amount, confirmed: amount }),
);

export const account = namedAnswer(
  "Account",
  "An account as its owner sees it.",
  z.object({
    accountId,
    name: z.string(),
    email: z.string(),
    currency,
    status: z.enum(["open", "frozen", "closed"]),
    version: explained("Grows with every change.", count()),
    balance,
    totals: namedAnswer(
      "AccountTotals",
      "Since the account was opened: available = loaded − fees − sent + received + refunded.",
      z.object({ loaded: amount, fees: amount, sent: amount, received: amount, refunded: amount }),
    ),
    openedAt: instant,
    updatedAt: instant,
  }),
);

export const pastBalance = namedAnswer(
  "PastBalance",
  "The balance as it was at an instant.",
  z.object({ accountId, at: instant, version: count(), currency, balance }),
);

export const statementPage = namedAnswer(
  "StatementPage",
  "Movements, oldest first. The sum of amounts less the sum of fees is the available balance.",
  z.object({
    accountId,
    currency,
    items: z.array(
      namedAnswer(
        "Movement",
        "What changed the available balance, and what it was afterwards.",
        z.object({
          movementId: z.string(),
          at: instant,
          type: z.enum(["load", "transfer_out", "transfer_in", "refund"]),
          amount: signedAmount,
          fee: z.exactOptional(amount),
          balance: amount,
          counterparty: z.exactOptional(accountId),
          transferId: z.exactOptional(transferId),
          note: z.exactOptional(z.string()),
        }),
      ),
    ),
    next: z.exactOptional(cursor("Ask with `after` for what follows; absent on the last page.")),
  }),
);

// ── Transfers ───────────────────────────────────────────────────────────────────────────────────────────────────────

export const transfer = namedAnswer(
  "Transfer",
  "A transfer and its history.",
  z.object({
    ...terms,
    status: z.enum([
      "scheduled",
      "withdrawn",
      "failed",
      "awaiting_approval",
      "denied",
      "cancelled",
      "expired",
      "approved",
      "in_flight",
      "settled",
      "refunded",
    ]),
    reason: z.exactOptional(
      explained("Why it was denied (in the approver's words), failed or was refunded.", z.string()),
    ),
    scheduledFor: z.exactOptional(instant),
    expiresAt: z.exactOptional(instant),
    history: z.array(
      namedAnswer(
        "TransferMoment",
        "What happened to a transfer, when, and in whose name.",
        z.object({
          at: instant,
          what: z.enum([
            "requested",
            "scheduled",
            "withdrawn",
            "failed",
            "approval_requested",
            "approved",
            "denied",
            "cancelled",
            "expired",
            "started",
            "settled",
            "refunded",
          ]),
          by: explained(
            "`account:{id}`, `approver` or `process:transfer`; to approvers, operators and approval desks `approver:{e-mail}`.",
            z.string(),
          ),
          reason: z.exactOptional(z.string()),
        }),
      ),
    ),
  }),
);

// ── Notifications ───────────────────────────────────────────────────────────────────────────────────────────────────

const notificationTypes = {
  credits_received: true,
  transfer_awaiting_approval: true,
  transfer_approved: true,
  transfer_denied: true,
  transfer_expired: true,
  transfer_refunded: true,
  transfer_failed: true,
  request_rejected: true,
} satisfies Record<Notification["type"], true>;

const notification = namedAnswer(
  "Notification",
  "What the owner of an account should know.",
  z.object({
    notificationId: z.string(),
    at: instant,
    type: z.enum(Object.keys(notificationTypes) as Notification["type"][]),
    text: explained("One sentence for people.", z.string()),
    transferId: z.exactOptional(transferId),
    amount: z.exactOptional(amount),
    currency: z.exactOptional(currency),
    counterparty: z.exactOptional(accountId),
    reason: z.exactOptional(z.string()),
  }),
);

export const notificationPage = namedAnswer(
  "NotificationPage",
  "Oldest first.",
  z.object({
    items: z.array(notification),
    next: cursor("Of the last item; the one asked for if there is none."),
  }),
);

export const eventStream = namedAnswer(
  "NotificationStream",
  "Server-sent events: `id` is the cursor, `event` the type, `data` a Notification as JSON.",
  z.string(),
);

// ── Problems ────────────────────────────────────────────────────────────────────────────────────────────────────────

export const problem = namedAnswer(
  "Problem",
  "An error (RFC 9457).",
  z.object({
    type: explained("`urn:saldo:problem:{code}`", z.string()),
    code: z.enum(problemCodes),
    title: z.string(),
    status: z.int().min(400).max(599),
    detail: z.string(),
    errors: z.exactOptional(
      z.array(
        namedAnswer(
          "FieldError",
          "A member of the body (its path), a parameter or a header that is wrong.",
          z.object({ path: z.string(), message: z.string() }),
        ) satisfies z.ZodType<FieldError>,
      ),
    ),
  }),
) satisfies z.ZodType<{ readonly code: ToldCode }>;

// ── The service itself ──────────────────────────────────────────────────────────────────────────────────────────────

export const accessMetadata = namedAnswer(
  "AccessMetadata",
  "Whose access tokens are taken, and for which scope (RFC 9728).",
  z.object({
    resource: z.string(),
    authorization_servers: z.array(z.string()),
    scopes_supported: z.array(z.string()),
    bearer_methods_supported: z.array(z.literal("header")),
  }),
);

export const liveness = namedAnswer(
  "Liveness",
  "It answers at all.",
  z.object({ status: z.literal("up") }),
);

const condition = z.enum(["up", "down"]);

export const readiness = namedAnswer(
  "Readiness",
  "How the service and what it stands on are.",
  z.object({ status: condition, checks: z.object({ store: condition }) }),
);

export const contractDocument = namedAnswer(
  "ContractDocument",
  "An OpenAPI 3.1 document: this one.",
  z.looseObject({ openapi: z.string().regex(/^3\.1\.\d+$/) }),
);

export const eventCatalogue = namedAnswer(
  "EventCatalogue",
  "An AsyncAPI 3.0 document: every integration event there is.",
  z.looseObject({ asyncapi: z.string().regex(/^3\.0\.\d+$/) }),
);

export const webPage = namedAnswer("WebPage", "To be read by people.", z.string());
