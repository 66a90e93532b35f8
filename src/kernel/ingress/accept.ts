/** Stores what a request asks for as a command, once for each idempotency key. Handling it is the feed's work. */
import type { CallerHandler } from "../access/guard.ts";
import type { Documents } from "../../platform/cosmos/documents.ts";
import { type HttpRequest, type HttpResponse, json } from "../../platform/http/exchange.ts";
import { Problem } from "../../platform/http/problem.ts";
import type { Caller } from "../../platform/identity/caller.ts";
import { PlatformFault } from "../../platform/platform-fault.ts";
import { readWait, type Wait } from "../http/read-request.ts";
import type { CommandDocument } from "../messages/command.ts";
import { type CommandStatus, hasReached, type StatusReader } from "./status.ts";

/** What a request asks for. */
type Intention = {
  /** The ids that the command may have, in the order in which they are tried. */
  readonly commandIds: readonly string[];
  /** The command as it is under one of them. */
  commandFor(commandId: string): CommandDocument;
};

/** Parses and validates a request. Throws the problem with it. */
export type ReadIntention = (request: HttpRequest, caller: Caller) => Promise<Intention>;

type Dependencies = {
  readonly commands: Documents<CommandDocument>;
  readonly statuses: StatusReader;
};

export function acceptCommand(
  readIntention: ReadIntention,
  { commands, statuses }: Dependencies,
): CallerHandler {
  /** The command that has the id of this one. */
  const holderOf = async ({ stream, id }: CommandDocument): Promise<CommandDocument> => {
    const stored = await commands.read(stream, id);
    if (stored === undefined)
      throw new PlatformFault(`The command ${stream}/${id} is there, but cannot be read yet.`);
    return stored.document;
  };

  return async (request, _, caller) => {
    const wait = readWait(request);
    const { commandIds, commandFor } = await readIntention(request, caller);
    for (const commandId of commandIds) {
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

/** 200 once the point asked for is reached, 202 until then. */
export function statusAnswer(
  status: CommandStatus,
  wait: Wait,
  headers: Readonly<Record<string, string>> = {},
): HttpResponse {
  const location = `/api/commands/${status.stream}/${status.commandId}`;
  return json(hasReached(status, wait) ? 200 : 202, status, { location, ...headers });
}
