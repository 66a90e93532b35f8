import { statusAnswer } from "../commands/accept.ts";
import type { CommandDocument } from "../commands/command.ts";
import { readWait } from "../commands/read-request.ts";
import type { StatusReader } from "../commands/status.ts";
import { readStored } from "../commands/stored-commands.ts";
import type { Documents } from "../platform/cosmos/documents.ts";
import type { HttpHandler } from "../platform/http/exchange.ts";
import { Problem } from "../platform/http/problem.ts";

/** `GET /api/commands/{stream}/{commandId}` */
export function commandStatus(
  commands: Documents<CommandDocument>,
  statuses: StatusReader,
): HttpHandler {
  return async (request) => {
    const { stream = "", commandId = "" } = request.params;
    const wait = readWait(request);
    const stored = await commands.read(stream, commandId);
    if (stored === undefined)
      throw new Problem("unknown_command", `Nothing was stored as ${stream}/${commandId}.`);
    const command = readStored(stored.document);
    return statusAnswer(await statuses.awaitStatus(command, wait), wait);
  };
}
