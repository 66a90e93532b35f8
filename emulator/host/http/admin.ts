import type { IncomingMessage, ServerResponse } from "node:http";
import type { FunctionTable } from "../function-table.ts";
import { parseJsonObject, stringAt } from "../../shared/json.ts";
import { isAuthorized } from "./auth.ts";
import { readAll } from "./body.ts";
import { writeJson, writeStatus } from "./responses.ts";
import type { HostServices } from "../trigger-kind.ts";
import type { RequestHandler } from "./server.ts";

/**
 * The host's own endpoints below `/admin`, for holders of the master key; `/admin/host/ping` is
 * open (documentation: "Manually run a non HTTP-triggered function").
 */
export function createAdministration(
  { configuration, instanceName }: HostServices,
  table: FunctionTable,
): RequestHandler {
  const startedAt = performance.now();
  return async (request, response, path) => {
    const route = `${request.method ?? "GET"} ${path.toLowerCase()}`;
    if (route === "GET /admin/host/ping") {
      writeStatus(response, 200);
      return;
    }
    if (!isAuthorized("admin", request, configuration.keys)) {
      writeStatus(response, 401);
      return;
    }
    const [, name] = /^POST \/admin\/functions\/([^/]+)$/.exec(route) ?? [];
    if (route === "GET /admin/host/status") {
      writeJson(response, 200, {
        id: instanceName,
        state: "Running",
        processUptime: Math.round(performance.now() - startedAt),
      });
    } else if (route === "GET /admin/functions") {
      writeJson(response, 200, table.functions);
    } else if (name !== undefined) {
      await runByHand(table, decodeURIComponent(name), { request, response });
    } else {
      writeStatus(response, 404);
    }
  };
}

async function runByHand(
  table: FunctionTable,
  name: string,
  { request, response }: { readonly request: IncomingMessage; readonly response: ServerResponse },
): Promise<void> {
  const text = (await readAll(request)).toString();
  let input: string | undefined;
  try {
    input = text === "" ? "" : (stringAt(parseJsonObject(text, "The body"), "input") ?? "");
  } catch {
    writeStatus(response, 400);
    return;
  }
  switch (table.run(name, input)) {
    case "started":
      writeStatus(response, 202);
      return;
    case "unknown-function":
      writeStatus(response, 404);
      return;
    case "not-runnable":
      writeStatus(response, 400);
      return;
  }
}
