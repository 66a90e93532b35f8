/** What the path of a request is about, and how to say that there is no such thing. */
import { senderOf } from "../../../domain/account/transfer-id.ts";
import { streamOf } from "../../../domain/kernel/streams.ts";
import type { Resource } from "../../kernel/access/guard.ts";
import { readParameter } from "../../kernel/http/read-request.ts";
import type { HttpRequest } from "../../platform/http/exchange.ts";
import { Problem } from "../../platform/http/problem.ts";
import type { OwnerOf } from "./owners.ts";
import { accountIdSchema, transferIdSchema } from "./requests.ts";

type Needs = {
  readonly ownerOf: OwnerOf;
  /** The account that a transfer goes to; undefined if there is no such transfer. */
  readonly receiverOf: (transferId: string) => Promise<string | undefined>;
};

type Named = {
  /** The account it belongs to; of a transfer, the sender's. Undefined if it is none of an account. */
  readonly accountId: string | undefined;
  readonly transferId?: string;
  /** Made only when it is thrown: an error with its stack is expensive. */
  readonly absent: () => Problem;
};

/** An account is its owner's. A transfer is its sender's, and shared with its receiver. */
export function walletResources({
  ownerOf,
  receiverOf,
}: Needs): (request: HttpRequest) => Resource {
  const isOwner = async (accountId: string | undefined, subject: string): Promise<boolean> =>
    accountId !== undefined && (await ownerOf(accountId))?.subject === subject;
  return (request) => {
    const { accountId, transferId, absent } = namedIn(request);
    return {
      isOwnedBy: (subject) => isOwner(accountId, subject),
      isSharedWith: async (subject) =>
        transferId !== undefined && isOwner(await receiverOf(transferId), subject),
      absent,
    };
  };
}

function namedIn({ params }: HttpRequest): Named {
  const { accountId: account, transferId: transfer, stream, commandId } = params;
  if (stream !== undefined) {
    const detail = `Nothing was stored as ${stream}/${commandId ?? ""}.`;
    return {
      accountId: accountOfStream(stream),
      absent: () => new Problem("unknown_command", detail),
    };
  }
  if (account !== undefined) {
    const accountId = readParameter("accountId", account, accountIdSchema);
    return {
      accountId,
      absent: () => new Problem("not_found", `There is no account ${accountId}.`),
    };
  }
  const transferId = readParameter("transferId", transfer, transferIdSchema);
  const absent = (): Problem => new Problem("not_found", `There is no transfer ${transferId}.`);
  return { accountId: senderOf(transferId), transferId, absent };
}

function accountOfStream(stream: string): string | undefined {
  const accountId = stream.slice(stream.indexOf("-") + 1);
  return stream === streamOf("account", accountId) ? accountId : undefined;
}
