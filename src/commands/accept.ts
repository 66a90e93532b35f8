/** The door: validates a request and stores it as a command. It never handles it. */
import type { CallerHandler } from "../access/guard.ts";
import { callerStamp, checkApprover } from "../access/in-whose-name.ts";
import { openingIdOf } from "../access/owners.ts";
import { senderOf, transferIdOf } from "../../domain/account/transfer-id.ts";
import { streamOf } from "../../domain/kernel/streams.ts";
import type { Clock } from "../platform/clock.ts";
import type { Documents } from "../platform/cosmos/documents.ts";
import { deriveId, fingerprint } from "../platform/digest.ts";
import { type HttpRequest, type HttpResponse, json } from "../platform/http/exchange.ts";
import { Problem } from "../platform/http/problem.ts";
import type { Caller } from "../platform/identity/caller.ts";
import { traceparentFrom } from "../platform/trace-context.ts";
import type { CommandDocument } from "./command.ts";
import type { OwnAccounts } from "./own-accounts.ts";
import {
  readBody,
  readIdempotencyKey,
  readParameter,
  readWait,
  type Wait,
} from "./read-request.ts";
import {
  accountIdSchema,
  type RequestContext,
  type RequestKind,
  transferIdSchema,
} from "./requests.ts";
import { type CommandStatus, hasReached, type StatusReader } from "./status.ts";
import type { TermsAt } from "./terms.ts";

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

  /** The command stored under this identity, if it is the same command. */
  const repeated = async (command: CommandDocument): Promise<CommandDocument> => {
    const stored = await commands.read(command.stream, command.id);
    if (stored?.document.fingerprint === command.fingerprint) return stored.document;
    const detail = "Take a new key for a new intention, or repeat the very same request.";
    throw new Problem("idempotency_key_reused", detail);
  };

  const ownedBy = (email: string, caller: Caller, id: string): Promise<readonly string[]> => {
    checkApprover(caller, email);
    return ownAccounts(id, { subject: caller.subject, email });
  };

  const readCommand = async (request: HttpRequest, caller: Caller): Promise<CommandDocument> => {
    const target = readTarget(request, caller);
    const body = await readBody(request, kind.schema);
    const nowMs = clock.now();
    const approver = kind.approver?.(body);
    const owned = approver === undefined ? [] : await ownedBy(approver, caller, target.transferId);
    const context = { ...target, terms: termsAt(nowMs), ownAccounts: owned };
    return commandOf(kind, body, context, {
      actor: actorOf(actor, target.accountId, approver),
      ...callerStamp(caller),
      acceptedAt: new Date(nowMs).toISOString(),
      traceparent: traceparentFrom(request.headers.get("traceparent")),
    });
  };

  return async (request, _, caller) => {
    const wait = readWait(request);
    const command = await readCommand(request, caller);
    const listening = statuses.listen(command);
    try {
      const isNew = (await commands.create(command.stream, command)) !== undefined;
      const status = isNew
        ? await listening.reached(wait)
        : await statuses.awaitStatus(await repeated(command), wait);
      return statusAnswer(status, wait, isNew ? {} : { "idempotency-hit": "true" });
    } finally {
      listening.stop();
    }
  };
}

type Target = Pick<RequestContext, "accountId" | "commandId" | "transferId">;

/**
 * What the path names. Opening an account has no account in its path: its id comes from the caller and the key, so that a
 * retry names the same one and nobody can name another's. The account of a transfer is its sender's.
 */
function readTarget(request: HttpRequest, { subject }: Caller): Target {
  const key = readIdempotencyKey(request);
  const { accountId: accountInPath, transferId: transferInPath } = request.params;
  const named =
    transferInPath === undefined
      ? undefined
      : readParameter("transferId", transferInPath, transferIdSchema);
  if (accountInPath === undefined && named === undefined) {
    const opened = deriveId(16, "account", subject, key);
    return targetOf(opened, openingIdOf(opened));
  }
  const accountId =
    accountInPath === undefined
      ? senderOf(named ?? "")
      : readParameter("accountId", accountInPath, accountIdSchema);
  if (named !== undefined && senderOf(named) !== accountId)
    throw new Problem("not_found", `The account ${accountId} has no transfer ${named}.`);
  return targetOf(accountId, deriveId(20, accountId, key), named);
}

function targetOf(accountId: string, commandId: string, named?: string): Target {
  return { accountId, commandId, transferId: named ?? transferIdOf(accountId, commandId) };
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
  headers: Readonly<Record<string, string>>,
): HttpResponse {
  const location = `/api/commands/${status.stream}/${status.commandId}`;
  return json(hasReached(status, wait) ? 200 : 202, status, { location, ...headers });
}
