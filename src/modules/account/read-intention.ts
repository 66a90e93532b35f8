/** What a request about an account or a transfer asks for: its target, and the command that it becomes. */
import { senderOf, transferIdOf } from "../../../domain/account/transfer-id.ts";
import { streamOf } from "../../../domain/kernel/streams.ts";
import { callerStamp, checkApprover } from "../../kernel/access/in-whose-name.ts";
import { readBody, readIdempotencyKey, readParameter } from "../../kernel/http/read-request.ts";
import type { ReadIntention } from "../../kernel/ingress/accept.ts";
import type { CommandDocument } from "../../kernel/messages/command.ts";
import type { Clock } from "../../platform/clock.ts";
import { fingerprint } from "../../platform/digest.ts";
import type { HttpRequest } from "../../platform/http/exchange.ts";
import { Problem } from "../../platform/http/problem.ts";
import type { Caller } from "../../platform/identity/caller.ts";
import { traceparentFrom } from "../../platform/trace-context.ts";
import { commandIdsOf, openedAccountId, openingIdOf } from "./command-ids.ts";
import {
  accountIdSchema,
  type RequestContext,
  type RequestKind,
  transferIdSchema,
} from "./requests.ts";
import type { TermsAt } from "./terms.ts";

export type Person = { readonly subject: string; readonly email: string };

/** Of a transfer's two accounts, those that a person owns: nobody decides about a transfer of their own. */
export type OwnAccounts = (transferId: string, person: Person) => Promise<readonly string[]>;

type Dependencies = {
  readonly clock: Clock;
  readonly termsAt: TermsAt;
  readonly ownAccounts: OwnAccounts;
};

/** `actor`: in whose name this endpoint acts; a decision is made in the approver's. */
type Kind = { readonly kind: RequestKind; readonly actor: "customer" | "operator" };

export function intentionOf({ kind, actor }: Kind, dependencies: Dependencies): ReadIntention {
  const { clock, termsAt, ownAccounts } = dependencies;

  const ownedBy = (email: string, caller: Caller, id: string): Promise<readonly string[]> => {
    checkApprover(caller, email);
    return ownAccounts(id, { subject: caller.subject, email });
  };

  return async (request, caller) => {
    const { accountId, transferId, commandIds } = readTarget(request, caller);
    const body = await readBody(request, kind.schema);
    const nowMs = clock.now();
    const approver = kind.approver?.(body);
    const owned = approver === undefined ? [] : await ownedBy(approver, caller, transferId ?? "");
    const context = { accountId, terms: termsAt(nowMs), ownAccounts: owned };
    const stamp = {
      actor: actorOf(actor, accountId, approver),
      ...callerStamp(caller),
      acceptedAt: new Date(nowMs).toISOString(),
      traceparent: traceparentFrom(request.headers.get("traceparent")),
    };
    return {
      commandIds,
      commandFor: (commandId) => {
        const named = transferId ?? transferIdOf(accountId, commandId);
        return commandOf(kind, body, { ...context, commandId, transferId: named }, stamp);
      },
    };
  };
}

type Target = {
  readonly accountId: string;
  /** The ids that the command may have, in the order in which they are tried. */
  readonly commandIds: readonly string[];
  /** The transfer that is named. */
  readonly transferId?: string;
};

/**
 * What the path names. Opening an account has no account in its path: its id comes from the caller and the key, so that a
 * retry names the same one and nobody can name another's. The account of a transfer is its sender's.
 */
function readTarget(request: HttpRequest, { subject }: Caller): Target {
  const key = readIdempotencyKey(request);
  const { accountId: accountInPath, transferId: transferInPath } = request.params;
  const transferId =
    transferInPath === undefined
      ? undefined
      : readParameter("transferId", transferInPath, transferIdSchema);
  if (accountInPath === undefined && transferId === undefined) {
    const accountId = openedAccountId({ subject, key });
    return { accountId, commandIds: [openingIdOf(accountId)] };
  }
  const accountId =
    accountInPath === undefined
      ? senderOf(transferId ?? "")
      : readParameter("accountId", accountInPath, accountIdSchema);
  if (transferId !== undefined && senderOf(transferId) !== accountId)
    throw new Problem("not_found", `The account ${accountId} has no transfer ${transferId}.`);
  const commandIds = commandIdsOf({ accountId, subject, key });
  return { accountId, commandIds, ...(transferId === undefined ? {} : { transferId }) };
}

function actorOf(actor: Kind["actor"], accountId: string, approver: string | undefined): string {
  if (approver !== undefined) return `approver:${approver}`;
  return actor === "operator" ? "operator" : `account:${accountId}`;
}

type Stamp = Pick<
  CommandDocument,
  "actor" | "subject" | "client" | "email" | "acceptedAt" | "traceparent"
>;

function commandOf(
  kind: RequestKind,
  body: unknown,
  context: RequestContext,
  stamp: Stamp,
): CommandDocument {
  const { commandId, accountId, transferId } = context;
  const command = kind.toCommand(body, context);
  return {
    id: commandId,
    commandId,
    stream: streamOf("account", accountId),
    ...command,
    ...stamp,
    correlationId: commandId,
    causationId: commandId,
    fingerprint: fingerprint({ type: command.type, body, transferId }),
    resource: kind.resource(context),
  };
}
