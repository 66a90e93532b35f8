import type { AccessTokens } from "./access-tokens.ts";
import type { HttpAnswer, HttpRequest, SendRequest } from "./http.ts";

/** Who asks when nobody in particular does. */
const PASSER_BY = "passer-by@example.com";

/**
 * Signs every request with the token of the person who would send it: of whoever opened the account that it is about, of
 * the operator for what operators may know.
 */
export const asOwner = (send: SendRequest, tokens: AccessTokens, operator: string): SendRequest => {
  const owners = new Map<string, string>();

  const personFor = ({ path, body }: HttpRequest): string => {
    if (path.startsWith("/api/operator/")) return operator === "" ? PASSER_BY : operator;
    const [, accountId = ""] = ACCOUNT_IN_PATH.exec(path) ?? [];
    return owners.get(accountId) ?? emailIn(body) ?? PASSER_BY;
  };

  const sendAs = async (person: string, request: HttpRequest): Promise<HttpAnswer> => {
    const token = await tokens.of(person);
    const headers = [...request.headers, "authorization", `Bearer ${token}`];
    const answer = await send({ ...request, headers });
    if (answer.statusCode === 401) tokens.refused(person, token);
    return answer;
  };

  return async (request) => {
    const person = personFor(request);
    let answer = await sendAs(person, request);
    // A token may end before its time, as when the emulator's clock was moved: a new one is asked for, once.
    if (answer.statusCode === 401) answer = await sendAs(person, request);
    if (request.method === "POST" && OPENING.test(request.path)) {
      const [, accountId] = RESOURCE.exec(answer.text) ?? [];
      if (accountId !== undefined) owners.set(accountId, person);
    }
    return answer;
  };
};

/** Of a transfer, its sender's. */
const ACCOUNT_IN_PATH = /^\/api\/(?:accounts|transfers|commands)\/(?:account-)?([0-9a-z]{16})\b/;
const OPENING = /^\/api\/accounts(?:\?|$)/;
const RESOURCE = /"resource":"\/api\/accounts\/([0-9a-z]{16})"/;

const emailIn = (body: string | undefined): string | undefined =>
  /"email":"([^"\s@]+@[^"\s@]+)"/.exec(body ?? "")?.[1];
