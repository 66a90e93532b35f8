import { statusAnswer } from "./accept.ts";
import type { CommandDocument } from "../messages/command.ts";
import { readWait } from "../http/read-request.ts";
import type { StatusReader } from "./status.ts";
import { readStored } from "../messages/read-command.ts";
import type { Documents } from "../../platform/cosmos/documents.ts";
import type { HttpHandler } from "../../platform/http/exchange.ts";
import { Problem } from "../../platform/http/problem.ts";

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
