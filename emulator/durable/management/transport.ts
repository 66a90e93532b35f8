import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { isExtensionAuthorized } from "../../host/http/auth.ts";
import { readAll } from "../../host/http/body.ts";
import { writeJson, writeStatus, writeUnread } from "../../host/http/responses.ts";
import type { RequestHandler } from "../../host/http/server.ts";
import { BodyTooLarge } from "../../shared/http/body.ts";
import { refusalOfCaller } from "../../shared/http/callers.ts";
import { describeError, type Logger } from "../../host/log.ts";
import { logCategory } from "../hub-services.ts";
import type { ManagementApi } from "./api.ts";

/** Its system key is named `durabletask_extension`, as in Azure. */
export const extensionName = "durabletask";

/** The management API for the app's own durable clients: loopback only, without a key. */
export type RpcListener = { readonly baseUrl: string; close(): void };

/** As the extension's LocalHttpListener, on a port of its own; the path ends in a slash. */
export async function listenForClients(api: ManagementApi, logger: Logger): Promise<RpcListener> {
  const base = "/durabletask";
  const server = createServer((request, response) => {
    const path = (request.url ?? "/").split("?", 1)[0] ?? "/";
    const refusal = refusalOfCaller(
      { method: request.method ?? "GET", headers: request.headers },
      {},
    );
    if (refusal !== undefined) {
      writeUnread(response, refusal);
      return;
    }
    exchange(api, base, { request, response, path }).catch((error: unknown) => {
      if (error instanceof BodyTooLarge) {
        writeUnread(response, { status: 413, message: error.message });
        return;
      }
      logger.write("error", logCategory, describeError(error));
      if (response.headersSent) response.destroy();
      else writeStatus(response, 500);
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    baseUrl: `http://127.0.0.1:${port}${base}/`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** The management API on the host's public port, for holders of the master or the system key. */
export function createWebhook(
  api: ManagementApi,
  base: string,
  keys: Readonly<Record<string, string>>,
): RequestHandler {
  return async (request, response, path) => {
    if (isExtensionAuthorized(extensionName, request, keys)) {
      await exchange(api, base, { request, response, path });
    } else writeStatus(response, 401);
  };
}

type Exchange = {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly path: string;
};

async function exchange(
  api: ManagementApi,
  base: string,
  { request, response, path }: Exchange,
): Promise<void> {
  const url = new URL(request.url ?? "/", `http://${request.headers.host ?? "127.0.0.1"}`);
  const segments = path.slice(base.length + 1).split("/");
  const answer = await api({
    method: request.method ?? "GET",
    path: segments.map(decode),
    query: url.searchParams,
    headers: request.headers,
    body: (await readAll(request)).toString(),
    url: url.href,
  });
  for (const [name, value] of Object.entries(answer.headers ?? {})) response.setHeader(name, value);
  if (answer.body === undefined) writeStatus(response, answer.status);
  else writeJson(response, answer.status, answer.body);
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
