/** The guard of a door: who asks (401, 429), may they do such things (403), and to this one (404, as if it were not). */
import type { HttpHandler, HttpRequest, HttpResponse } from "../../platform/http/exchange.ts";
import type { Caller } from "../../platform/identity/caller.ts";
import type { Identify } from "./identify.ts";
import type { OwnerOf } from "../../modules/account/owners.ts";
import { answerOf, Refusal } from "./refusals.ts";
import { type Resource, resourceOf } from "../../modules/account/resource.ts";
import { type Action, reachOf } from "../../modules/rules.ts";

/** A handler that may want to know who asks. */
export type CallerHandler = (
  request: HttpRequest,
  log: Parameters<HttpHandler>[1],
  caller: Caller,
) => Promise<HttpResponse>;

export type Guard = (action: Action, handler: CallerHandler) => HttpHandler;

type Needs = {
  readonly identify: Identify;
  readonly ownerOf: OwnerOf;
  /** The account that a transfer goes to; undefined if there is no such transfer. */
  readonly receiverOf: (transferId: string) => Promise<string | undefined>;
};

/** The guard of all doors of this instance. Below `withProblems`, which tells the problems that it throws. */
export function guardOf(needs: Needs): Guard {
  return (action, handler) => async (request, log) => {
    try {
      const caller = await needs.identify(request);
      await permit(action, caller, request, needs);
      return await handler(request, log, caller);
    } catch (error) {
      if (error instanceof Refusal) return answerOf(error);
      throw error;
    }
  };
}

/** Returns if the caller may; throws what to answer if not. */
async function permit(
  action: Action,
  caller: Caller,
  request: HttpRequest,
  needs: Needs,
): Promise<void> {
  const reach = reachOf(action, caller.roles);
  switch (reach) {
    case undefined:
      throw new Refusal("forbidden", "Your roles do not include this.");
    case "any":
      return;
    case "own":
    case "part": {
      const resource = resourceOf(request);
      if (await isOwn(caller, resource.accountId, needs)) return;
      if (reach === "part" && (await isReceiver(caller, resource, needs))) return;
      throw resource.absent;
    }
  }
}

async function isOwn(
  { subject }: Caller,
  accountId: string | undefined,
  { ownerOf }: Needs,
): Promise<boolean> {
  return accountId !== undefined && (await ownerOf(accountId))?.subject === subject;
}

async function isReceiver(
  caller: Caller,
  { transferId }: Resource,
  needs: Needs,
): Promise<boolean> {
  const receiver = transferId === undefined ? undefined : await needs.receiverOf(transferId);
  return isOwn(caller, receiver, needs);
}
