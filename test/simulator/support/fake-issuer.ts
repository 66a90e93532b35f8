import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

/** Gives everybody a token that says in clear whose it is. */
export const startFakeIssuer = async (): Promise<{ url: string; close: () => Promise<void> }> => {
  const server = createServer((request, response) => {
    void answerTo(request, url).then((body) => response.end(JSON.stringify(body)));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
};

const answerTo = async (request: IncomingMessage, url: string): Promise<object> => {
  if (request.method === "GET") return { issuer: url, token_endpoint: `${url}/token` };
  const person = new URLSearchParams(await text(request)).get("username") ?? "";
  return { token_type: "Bearer", access_token: `token-of-${person}` };
};

/** Whose token a request bears; undefined if it bears none. */
export const personOf = ({ headers }: IncomingMessage): string | undefined =>
  /^Bearer token-of-(.+)$/.exec(headers.authorization ?? "")?.[1];
