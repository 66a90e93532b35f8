import type { IncomingMessage } from "node:http";
import {
  type CallerRules,
  type Refusal,
  refusalOfCaller,
  refusalOfHost,
} from "../../shared/http/callers.ts";
import { admits } from "./cors.ts";

export type PageRules = CallerRules & {
  /** Origins of `Host.CORS`; `*` admits all. */
  readonly corsOrigins: readonly string[];
};

/**
 * Why a request to one of the host's own endpoints (`/admin`, `/runtime`) is not answered: keys open them, but the keys of a
 * laptop stand in files that everybody has. Pages are answered whose origin `Host.CORS` admits, as in Azure.
 */
export function refusalOfPage(
  { method = "GET", headers }: IncomingMessage,
  rules: PageRules,
): Refusal | undefined {
  const caller = { method, headers };
  return admits(rules.corsOrigins, headers.origin)
    ? refusalOfHost(caller, rules)
    : refusalOfCaller(caller, rules);
}
