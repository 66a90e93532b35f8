/** The door: validates a request and stores it as a command. It never handles it. */
import { senderOf, transferIdOf } from "../../domain/account/transfer-id.ts";
import { streamOf } from "../../domain/kernel/streams.ts";
import type { Clock } from "../platform/clock.ts";
import type { Documents } from "../platform/cosmos/documents.ts";
import { deriveId, fingerprint } from "../platform/digest.ts";
import {
  type HttpHandler,
  type HttpRequest,
  type HttpResponse,
  json,
} from "../platform/http/exchange.ts";
import { Problem } from "../platform/http/problem.ts";
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

export function acceptCommand({ kind, actor }: Door, dependencies: Dependencies): HttpHandler {
  const { commands, statuses, clock, termsAt, ownAccounts } = dependencies;

  /** The command stored under this identity, if it is the same command. */
  const repeated = async (command: CommandDocument): Promise<CommandDocument> => {
    const stored = await commands.read(command.stream, command.id);
    if (stored?.document.fingerprint === command.fingerprint) return stored.document;
    const detail = "Take a new key for a new intention, or repeat the very same request.";
    throw new Problem("idempotency_key_reused", detail);
  };

  const readCommand = async (request: HttpRequest): Promise<CommandDocument> => {
    const subject = readSubject(request);
    const body = await readBody(request, kind.schema);
    const nowMs = clock.now();
    const approver = kind.approver?.(body);
    const owned = approver === undefined ? [] : await ownAccounts(subject.transferId, approver);
    const context = { ...subject, terms: termsAt(nowMs), ownAccounts: owned };
    return commandOf(kind, body, context, {
      actor: actorOf(actor, subject.accountId, approver),
      acceptedAt: new Date(nowMs).toISOString(),
      traceparent: traceparentFrom(request.headers.get("traceparent")),
    });
  };

  return async (request) => {
    const wait = readWait(request);
    const command = await readCommand(request);
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

type Subject = Pick<RequestContext, "accountId" | "commandId" | "transferId">;

/**
 * What the path names. Opening an account has no account in its path: its id comes from the key, so that a retry names
 * the same one. The account of a transfer is its sender's.
 */
function readSubject(request: HttpRequest): Subject {
  const key = readIdempotencyKey(request);
  const { accountId: accountInPath, transferId: transferInPath } = request.params;
  const named =
    transferInPath === undefined
      ? undefined
      : readParameter("transferId", transferInPath, transferIdSchema);
  const accountId =
    accountInPath === undefined
      ? named === undefined
        ? deriveId(16, "account", key)
        : senderOf(named)
      : readParameter("accountId", accountInPath, accountIdSchema);
  if (named !== undefined && senderOf(named) !== accountId)
    throw new Problem("not_found", `The account ${accountId} has no transfer ${named}.`);
  const commandId = deriveId(20, accountId, key);
  return { accountId, commandId, transferId: named ?? transferIdOf(accountId, commandId) };
}

function actorOf(actor: Door["actor"], accountId: string, approver: string | undefined): string {
  if (approver !== undefined) return `approver:${approver}`;
  return actor === "operator" ? "operator" : `account:${accountId}`;
}

function commandOf(
  kind: RequestKind,
  body: unknown,
  context: RequestContext,
  stamp: Pick<CommandDocument, "actor" | "acceptedAt" | "traceparent">,
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
