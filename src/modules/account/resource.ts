/** What the path of a request is about, and how to say that there is no such thing. */
import { senderOf } from "../../../domain/account/transfer-id.ts";
import { streamOf } from "../../../domain/kernel/streams.ts";
import { readParameter } from "../../kernel/http/read-request.ts";
import { accountIdSchema, transferIdSchema } from "./requests.ts";
import type { HttpRequest } from "../../platform/http/exchange.ts";
import { Problem } from "../../platform/http/problem.ts";

export type Resource = {
  /** The account it belongs to; of a transfer, the sender's. Undefined if it is none of an account. */
  readonly accountId: string | undefined;
  readonly transferId?: string;
  /** Word for word what the door says when there is nothing: whoever may not see it must not tell the difference. */
  readonly absent: Problem;
};

/** Throws the problem with a malformed id, or a path that is about no resource at all. */
export function resourceOf({ params }: HttpRequest): Resource {
  const { accountId: account, transferId: transfer, stream, commandId } = params;
  if (stream !== undefined) {
    const detail = `Nothing was stored as ${stream}/${commandId ?? ""}.`;
    return { accountId: accountOfStream(stream), absent: new Problem("unknown_command", detail) };
  }
  if (account !== undefined) {
    const accountId = readParameter("accountId", account, accountIdSchema);
    return { accountId, absent: new Problem("not_found", `There is no account ${accountId}.`) };
  }
  const transferId = readParameter("transferId", transfer, transferIdSchema);
  const absent = new Problem("not_found", `There is no transfer ${transferId}.`);
  return { accountId: senderOf(transferId), transferId, absent };
}

function accountOfStream(stream: string): string | undefined {
  const accountId = stream.slice(stream.indexOf("-") + 1);
  return stream === streamOf("account", accountId) ? accountId : undefined;
}
