/** The door: validates a request and stores it as a command. It never handles it. */
import type { CallerHandler } from "../access/guard.ts";
import { callerStamp, checkApprover } from "../access/in-whose-name.ts";
import { senderOf, transferIdOf } from "../../../domain/account/transfer-id.ts";
import { streamOf } from "../../../domain/kernel/streams.ts";
import type { Clock } from "../../platform/clock.ts";
import type { Documents } from "../../platform/cosmos/documents.ts";
import { fingerprint } from "../../platform/digest.ts";
import { type HttpRequest, type HttpResponse, json } from "../../platform/http/exchange.ts";
import { Problem } from "../../platform/http/problem.ts";
import type { Caller } from "../../platform/identity/caller.ts";
import { PlatformFault } from "../../platform/platform-fault.ts";
import { traceparentFrom } from "../../platform/trace-context.ts";
import type { CommandDocument } from "../messages/command.ts";
import { commandIdsOf, openedAccountId, openingIdOf } from "../../modules/account/command-ids.ts";
import type { OwnAccounts } from "../../modules/transfer/own-accounts.ts";
import {
  readBody,
  readIdempotencyKey,
  readParameter,
  readWait,
  type Wait,
} from "../http/read-request.ts";
import {
  accountIdSchema,
  type RequestContext,
  type RequestKind,
  transferIdSchema,
} from "../../modules/account/requests.ts";
import { type CommandStatus, hasReached, type StatusReader } from "./status.ts";
import type { TermsAt } from "../../modules/account/terms.ts";

type Dependencies = {
  readonly commands: Documents<CommandDocument>;
  readonly statuses: StatusReader;
  readonly clock: Clock;
  readonly termsAt: TermsAt;
  readonly ownAccounts: OwnAccounts;
};

/** `actor`: in whose name this door acts; a decision is made in the approver's. */
type Door = { readonly kind: RequestKind; readonly actor: "customer" | "operator" };

export function acceptCommand({ kind, actor }: Door, dependencies: Dependencies): CallerHandler {
  const { commands, statuses, clock, termsAt, ownAccounts } = dependencies;

  const ownedBy = (email: string, caller: Caller, id: string): Promise<readonly string[]> => {
    checkApprover(caller, email);
    return ownAccounts(id, { subject: caller.subject, email });
  };

  /** The command that is asked for, as it is under one of its ids. */
  const readCommand = async (
    request: HttpRequest,
    caller: Caller,
    { accountId, transferId }: Target,
  ): Promise<(commandId: string) => CommandDocument> => {
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
    return (commandId) => {
      const named = transferId ?? transferIdOf(accountId, commandId);
      return commandOf(kind, body, { ...context, commandId, transferId: named }, stamp);
    };
  };

  /** The command that has the id of this one. */
  const holderOf = async ({ stream, id }: CommandDocument): Promise<CommandDocument> => {
    const stored = await commands.read(stream, id);
    if (stored === undefined)
      throw new PlatformFault(`The command ${stream}/${id} is there, but cannot be read yet.`);
    return stored.document;
  };

  return async (request, _, caller) => {
    const wait = readWait(request);
    const target = readTarget(request, caller);
    const commandFor = await readCommand(request, caller, target);
    for (const commandId of target.commandIds) {
      const command = commandFor(commandId);
      const listening = statuses.listen(command);
      try {
        const isNew = (await commands.create(command.stream, command)) !== undefined;
        if (isNew) return statusAnswer(await listening.reached(wait), wait);
      } finally {
        listening.stop();
      }
      const holder = await holderOf(command);
      if (holder.subject !== caller.subject) continue;
      if (holder.fingerprint !== command.fingerprint) break;
      const status = await statuses.awaitStatus(holder, wait);
      return statusAnswer(status, wait, { "idempotency-hit": "true" });
    }
    const detail = "Take a new key for a new intention, or repeat the very same request.";
    throw new Problem("idempotency_key_reused", detail);
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

function actorOf(actor: Door["actor"], accountId: string, approver: string | undefined): string {
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

/** 200 once the point asked for is reached, 202 until then. */
export function statusAnswer(
  status: CommandStatus,
  wait: Wait,
  headers: Readonly<Record<string, string>> = {},
): HttpResponse {
  const location = `/api/commands/${status.stream}/${status.commandId}`;
  return json(hasReached(status, wait) ? 200 : 202, status, { location, ...headers });
}
