import { isFinished, type InstanceRecord, type RuntimeStatus } from "../engine/instance.ts";
import type { InstanceFilter } from "../storage/instances.ts";
import type { Operations, StartAnswer } from "./operations.ts";
import { managementUrls, statusPayload, type Webhook } from "./payloads.ts";

/** A request to the management API, free of the transport it came by. */
type ManagementRequest = {
  readonly method: string;
  /** Below the base, decoded, e.g. `["instances", "42", "terminate"]`. */
  readonly path: readonly string[];
  readonly query: URLSearchParams;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
  /** As sent, for the answer's Location. */
  readonly url: string;
};

type ManagementResponse = {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON; absent: an empty body. */
  readonly body?: unknown;
};

export type ManagementApi = (request: ManagementRequest) => Promise<ManagementResponse>;

const notFound: ManagementResponse = { status: 404 };
const accepted: ManagementResponse = { status: 202 };

const tokenHeader = "x-ms-continuation-token";
const defaultPageSize = 100;

/**
 * The HTTP API of Durable Functions (documentation: "HTTP APIs in Durable Functions"; source:
 * azure-functions-durable-extension, HttpApiHandler.cs).
 */
export function createManagementApi(operations: Operations, webhook: Webhook): ManagementApi {
  return async (request) => {
    const [collection, id = "", verb, name] = request.path;
    const route = `${request.method} ${collection?.toLowerCase() ?? ""}`;
    if (collection === "entities") {
      return { status: 501, body: "The embedded runtime does not support entities." };
    }
    if (route === "POST orchestrators") return start(operations, webhook, request);
    if (verb === undefined && id === "") {
      if (route === "GET instances") return list(operations, request);
      if (route === "DELETE instances") return purgeBy(operations, request);
    }
    if (verb === undefined && id !== "") {
      if (route === "GET instances") return show(operations, id, request);
      if (route === "DELETE instances") return purge(operations, id);
    }
    if (route !== "POST instances" || id === "") return notFound;
    const reason = request.query.get("reason") ?? "";
    switch (verb?.toLowerCase()) {
      case "raiseevent":
        return raiseEvent(operations, { id, name: name ?? "" }, request);
      case "terminate":
        return toResponse(await operations.send(id, { kind: "terminate", reason }));
      case "suspend":
        return toResponse(await operations.send(id, { kind: "suspend", reason }));
      case "resume":
        return toResponse(await operations.send(id, { kind: "resume", reason }));
      case "restart":
        return restart(operations, webhook, { id, query: request.query });
      case "rewind":
        return rewind(operations, id);
      default:
        return notFound;
    }
  };
}

function refuse(status: number, message: string): ManagementResponse {
  return { status, body: { Message: message } };
}

function toResponse(answer: "sent" | "unknown" | "finished"): ManagementResponse {
  switch (answer) {
    case "sent":
      return accepted;
    case "unknown":
      return notFound;
    case "finished":
      return { status: 410 };
  }
}

async function start(
  operations: Operations,
  webhook: Webhook,
  { path, headers, body }: ManagementRequest,
): Promise<ManagementResponse> {
  const [, name = "", id] = path;
  if (!isJson(body)) return refuse(400, "Invalid JSON content");
  const given = id === undefined || id === "" ? undefined : id;
  const { traceparent: trace } = headers;
  const traceparent = typeof trace === "string" ? trace : undefined;
  const input = body === "" ? null : body;
  return started(await operations.start({ name, id: given, input, traceparent }), webhook);
}

function started(answer: StartAnswer, webhook: Webhook): ManagementResponse {
  switch (answer.kind) {
    case "started": {
      const body = managementUrls(webhook, answer.id);
      const headers = { location: body["statusQueryGetUri"] ?? "", "retry-after": "10" };
      return { status: 202, headers, body };
    }
    case "refused":
      return refuse(400, answer.reason);
    case "running":
      return refuse(409, answer.reason);
  }
}

async function restart(
  operations: Operations,
  webhook: Webhook,
  { id, query }: { readonly id: string; readonly query: URLSearchParams },
): Promise<ManagementResponse> {
  const isNewId = query.get("restartWithNewInstanceId")?.toLowerCase() !== "false";
  const answer = await operations.restart(id, isNewId);
  if (answer !== undefined) return started(answer, webhook);
  return refuse(400, "InstanceId does not match a valid orchestration instance.");
}

function rewind(operations: Operations, id: string): ManagementResponse {
  const found = operations.find(id);
  if (found === undefined) return notFound;
  if (isFinished(found.status) && found.status !== "Failed") return { status: 410 };
  // A text, since the library shows it as it is.
  return { status: 501, body: "The rewind operation is not supported by the embedded runtime." };
}

function show(
  operations: Operations,
  id: string,
  { query, url }: ManagementRequest,
): ManagementResponse {
  const found = operations.find(id);
  if (found === undefined) return notFound;
  const body = {
    ...statusPayload(found, !isFlag(query, "showInput", "false")),
    ...(isFlag(query, "showHistory", "true") && {
      historyEvents: operations.describeHistory(found, isFlag(query, "showHistoryOutput", "true")),
    }),
  };
  if (!isFinished(found.status)) {
    return { status: 202, headers: { location: url, "retry-after": "5" }, body };
  }
  const isError = isFlag(query, "returnInternalServerErrorOnFailure", "true");
  return { status: found.status === "Failed" && isError ? 500 : 200, body };
}

function list(operations: Operations, { query, headers }: ManagementRequest): ManagementResponse {
  const top = Number(query.get("top"));
  const limit = Number.isInteger(top) && top > 0 ? top : defaultPageSize;
  const token = headers[tokenHeader];
  const after = typeof token === "string" ? readToken(token) : 0;
  if (after === undefined) return refuse(400, "Invalid continuation token");
  const page = operations.list(filterOf(query), after, limit + 1);
  const shown = page.slice(0, limit);
  const last = shown.at(-1);
  const hasMore = page.length > limit && last !== undefined;
  const showInput = !isFlag(query, "showInput", "false");
  return {
    status: 200,
    headers: hasMore ? { [tokenHeader]: writeToken(last) } : {},
    body: shown.map((instance) => statusPayload(instance, showInput)),
  };
}

async function purge(operations: Operations, id: string): Promise<ManagementResponse> {
  const answer = await operations.purge(id);
  switch (answer.kind) {
    case "purged":
      return { status: 200, body: { instancesDeleted: 1 } };
    case "unknown":
      return notFound;
    case "unfinished": {
      const body =
        "Only orchestrations in a terminal state can be purged, but the orchestration with " +
        `instance ID ${id} has status ${answer.status}`;
      return { status: 412, body };
    }
  }
}

async function purgeBy(
  operations: Operations,
  { query }: ManagementRequest,
): Promise<ManagementResponse> {
  const { createdFromMs, createdToMs, statuses } = filterOf(query);
  if (createdFromMs === undefined) {
    return { status: 400, body: "Please provide value for 'createdTimeFrom' parameter." };
  }
  const instancesDeleted = await operations.purgeBy({ createdFromMs, createdToMs, statuses });
  return instancesDeleted === 0 ? notFound : { status: 200, body: { instancesDeleted } };
}

async function raiseEvent(
  operations: Operations,
  { id, name }: { readonly id: string; readonly name: string },
  { headers, body }: ManagementRequest,
): Promise<ManagementResponse> {
  const found = operations.find(id);
  if (found === undefined) return notFound;
  if (isFinished(found.status)) return { status: 410 };
  const type = String(headers["content-type"] ?? "")
    .split(";", 1)[0]
    ?.trim();
  if (type?.toLowerCase() !== "application/json") {
    return refuse(400, "Only application/json request content is supported");
  }
  if (name === "") return notFound;
  if (!isJson(body)) return refuse(400, "Invalid JSON content");
  const input = body === "" ? null : body;
  return toResponse(await operations.send(id, { kind: "event", name, input }));
}

function isJson(text: string): boolean {
  if (text === "") return true;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function isFlag(query: URLSearchParams, name: string, value: "true" | "false"): boolean {
  return query.get(name)?.toLowerCase() === value;
}

function filterOf(query: URLSearchParams): InstanceFilter {
  const time = (name: string): number | undefined => {
    const ms = Date.parse(query.get(name) ?? "");
    return Number.isNaN(ms) ? undefined : ms;
  };
  const names = query.getAll("runtimeStatus").flatMap((value) => value.split(","));
  const statuses = names.map((name) => name.trim()).filter((name) => name !== "");
  return {
    createdFromMs: time("createdTimeFrom"),
    createdToMs: time("createdTimeTo"),
    statuses: statuses.length === 0 ? undefined : (statuses as RuntimeStatus[]),
    idPrefix: query.get("instanceIdPrefix") ?? undefined,
  };
}

function writeToken({ number }: InstanceRecord): string {
  return Buffer.from(String(number)).toString("base64url");
}

function readToken(token: string): number | undefined {
  const text = Buffer.from(token, "base64url").toString();
  return /^\d+$/.test(text) ? Number(text) : undefined;
}
