/**
 * Whose requests a service of this machine answers. It needs no key, or one that is public, so any web page that somebody
 * happens to open could ask it: by posting to its address (the browser lets the page send, not read), or by a name of its own
 * that was made to point to this machine ("DNS rebinding"; then the page may read as well). Browsers tell where a request
 * comes from, by Sec-Fetch-Site ("Fetch Metadata Request Headers", W3C) or by Origin (RFC 6454), and which name it was sent
 * to, by Host; no page can change these. Clients that are no browsers send neither of the first two.
 */
import { isIP } from "node:net";

export type CallerRules = {
  /** Further names by which clients reach this service, such as `host.docker.internal`; without a port. */
  readonly allowedHosts?: readonly string[];
};

/** The parts of a request that tell who sends it; names of headers in lower case. */
export type Caller = {
  readonly method: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
};

export type Refusal = { readonly status: 400 | 403; readonly message: string };

/** Why a request by this name is not answered: 400 for what is no name, 403 for an unknown one. */
export function refusalOfHost(
  { headers }: Pick<Caller, "headers">,
  { allowedHosts = [] }: CallerRules,
): Refusal | undefined {
  const name = nameIn(textOf(headers["host"]));
  if (name === undefined)
    return { status: 400, message: "The header Host is missing or malformed." };
  // An address is no name: it cannot be made to point elsewhere.
  const isSafe = name === "localhost" || isIP(name) !== 0;
  if (isSafe || allowedHosts.some((known) => known.toLowerCase() === name)) return undefined;
  const message =
    `This service answers to localhost and to addresses, and not to the name "${name}": ` +
    "add it to allowedHosts if it is yours.";
  return { status: 403, message };
}

/** Why a request is not answered where pages of other origins have no business. */
export function refusalOfCaller(caller: Caller, rules: CallerRules): Refusal | undefined {
  const refusal = refusalOfHost(caller, rules);
  if (refusal !== undefined) return refusal;
  if (!isFromForeignPage(caller) || isFollowedLink(caller)) return undefined;
  return { status: 403, message: "Pages of other origins have no access to this service." };
}

/** Whether a page asks that is not of the origin it asks. */
export function isFromForeignPage({ headers }: Pick<Caller, "headers">): boolean {
  const site = textOf(headers["sec-fetch-site"]);
  if (site !== "") return site !== "same-origin" && site !== "none";
  const origin = textOf(headers["origin"]);
  // That of a page has a scheme, or is "null"; Event Grid delivers with `eventgrid.azure.net`.
  const isOfPage = origin === "null" || origin.includes("://");
  return isOfPage && URL.parse(origin)?.host !== textOf(headers["host"]).toLowerCase();
}

/** A whole page in a window of its own, which the page that led there cannot read. */
function isFollowedLink({ method, headers }: Caller): boolean {
  return (
    method === "GET" &&
    headers["sec-fetch-mode"] === "navigate" &&
    headers["sec-fetch-dest"] === "document"
  );
}

/** In lower case, without port and brackets (RFC 9110, 7.2); undefined for what is neither a name nor an address. */
function nameIn(host: string): string | undefined {
  const [, name, address] =
    /^(?:([\w.-]+)|\[([\da-f:.]+)\])(?::\d{1,5})?$/.exec(host.toLowerCase()) ?? [];
  return name ?? address;
}

function textOf(value: string | readonly string[] | undefined): string {
  return typeof value === "string" ? value : "";
}
