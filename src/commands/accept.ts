/** The door: validates a request and stores it as a command. It never handles it. */
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
import {
  readBody,
  readIdempotencyKey,
  readParameter,
  readWait,
  type Wait,
} from "./read-request.ts";
import { accountIdSchema, type RequestContext, type RequestKind } from "./requests.ts";
import { type CommandStatus, hasReached, type StatusReader } from "./status.ts";

type Dependencies = {
  readonly commands: Documents<CommandDocument>;
  readonly statuses: StatusReader;
  readonly clock: Clock;
};

/** `actor`: in whose name this door acts. */
type Door = { readonly kind: RequestKind; readonly actor: "customer" | "operator" };

export function acceptCommand({ kind, actor }: Door, dependencies: Dependencies): HttpHandler {
  const { commands, statuses, clock } = dependencies;

  /** The command stored under this identity, if it is the same command. */
  const repeated = async (command: CommandDocument): Promise<CommandDocument> => {
    const stored = await commands.read(command.stream, command.id);
    if (stored?.document.fingerprint === command.fingerprint) return stored.document;
    const detail = "Take a new key for a new intention, or repeat the very same request.";
    throw new Problem("idempotency_key_reused", detail);
  };

  return async (request) => {
    const context = readContext(request);
    const wait = readWait(request);
    const body = await readBody(request, kind.schema);
    const command = commandOf(kind, body, context, {
      actor: actor === "operator" ? "operator" : `account:${context.accountId}`,
      acceptedAt: new Date(clock.now()).toISOString(),
      traceparent: traceparentFrom(request.headers.get("traceparent")),
    });
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

/** Opening an account has no account in its path: its id comes from the key, so that a retry names the same one. */
function readContext(request: HttpRequest): RequestContext {
  const key = readIdempotencyKey(request);
  const { accountId: inPath } = request.params;
  const accountId =
    inPath === undefined
      ? deriveId(16, "account", key)
      : readParameter("accountId", inPath, accountIdSchema);
  return { accountId, commandId: deriveId(20, accountId, key) };
}

function commandOf(
  kind: RequestKind,
  body: unknown,
  context: RequestContext,
  stamp: Pick<CommandDocument, "actor" | "acceptedAt" | "traceparent">,
): CommandDocument {
  const { commandId, accountId } = context;
  const command = kind.toCommand(body, context);
  return {
    id: commandId,
    commandId,
    stream: streamOf("account", accountId),
    ...command,
    ...stamp,
    correlationId: commandId,
    causationId: commandId,
    fingerprint: fingerprint(command),
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
