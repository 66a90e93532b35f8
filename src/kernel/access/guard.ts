/** The guard of an endpoint: who asks (401, 429), may they do such things (403), and to this one (404, as if it were not). */
import type { HttpHandler, HttpRequest, HttpResponse } from "../../platform/http/exchange.ts";
import type { Problem } from "../../platform/http/problem.ts";
import type { Caller } from "../../platform/identity/caller.ts";
import type { Identify } from "./identify.ts";
import { answerOf, Refusal } from "./refusals.ts";
import { reachOf, type Rule } from "./rules.ts";

/** A handler that may want to know who asks. */
export type CallerHandler = (
  request: HttpRequest,
  log: Parameters<HttpHandler>[1],
  caller: Caller,
) => Promise<HttpResponse>;

export type Guard = (rule: Rule, handler: CallerHandler) => HttpHandler;

/** What the path of a request is about. */
export type Resource = {
  isOwnedBy(subject: string): Promise<boolean>;
  /** Whether somebody has a part in it who does not own it. */
  isSharedWith(subject: string): Promise<boolean>;
  /** Word for word what the endpoint says when there is nothing: whoever may not see it must not tell the difference. */
  absent(): Problem;
};

type Needs = {
  readonly identify: Identify;
  /** Throws the problem with a malformed id, or a path that is about no resource at all. */
  readonly resourceOf: (request: HttpRequest) => Resource;
};

/** The guard of all endpoints of this instance. Below `withProblems`, which tells the problems that it throws. */
export function guardOf({ identify, resourceOf }: Needs): Guard {
  return (rule, handler) => async (request, log) => {
    try {
      const caller = await identify(request);
      await permit(rule, caller, () => resourceOf(request));
      return await handler(request, log, caller);
    } catch (error) {
      if (error instanceof Refusal) return answerOf(error);
      throw error;
    }
  };
}

/** Returns if the caller may; throws what to answer if not. */
async function permit(rule: Rule, caller: Caller, asked: () => Resource): Promise<void> {
  const { subject, roles } = caller;
  const reach = reachOf(rule, roles);
  switch (reach) {
    case undefined:
      throw new Refusal("forbidden", "Your roles do not include this.");
    case "any":
      return;
    case "own":
    case "part": {
      const resource = asked();
      if (await resource.isOwnedBy(subject)) return;
      if (reach === "part" && (await resource.isSharedWith(subject))) return;
      throw resource.absent();
    }
  }
}
