/** Counts what an emulated Cosmos account is asked and what it charges, by container and kind of request. */
import type { WireHandler, WireRequest } from "../shared/wire.ts";

type UsageCount = { readonly requests: number; readonly requestUnits: number };

/** Container id → kind of request → count. */
export type Usage = Readonly<Record<string, Readonly<Record<string, UsageCount>>>>;

export type Meter = {
  readonly handle: WireHandler;
  read(): Usage;
  reset(): void;
};

export function meter(handle: WireHandler): Meter {
  type Counts = Map<string, { requests: number; requestUnits: number }>;
  const counts = new Map<string, Counts>();

  const count = (request: WireRequest, charge: number): void => {
    const container = /\/colls\/([^/?]+)/.exec(request.path)?.[1] ?? "account";
    const kinds: Counts = counts.get(container) ?? new Map<string, never>();
    counts.set(container, kinds);
    const kind = kindOf(request);
    const known = kinds.get(kind);
    if (known === undefined) kinds.set(kind, { requests: 1, requestUnits: charge });
    else {
      known.requests += 1;
      known.requestUnits += charge;
    }
  };

  return {
    handle: async (request) => {
      const response = await handle(request);
      count(request, Number(response.headers["x-ms-request-charge"] ?? 0));
      return response;
    },
    read: () =>
      Object.fromEntries(
        [...counts].map(([container, kinds]) => [container, Object.fromEntries(kinds)]),
      ),
    reset: () => {
      counts.clear();
    },
  };
}

function kindOf({ method, path, headers }: WireRequest): string {
  if (!/\/docs(\/|\?|$)/.test(path)) return "metadata";
  if (headers["a-im"] !== undefined) return "feed";
  if (headers["x-ms-cosmos-is-query-plan-request"] !== undefined) return "query plan";
  if (headers["x-ms-documentdb-isquery"] !== undefined) return "query";
  if (headers["x-ms-cosmos-is-batch-request"] !== undefined) return "bulk";
  switch (method) {
    case "POST":
      return headers["x-ms-documentdb-is-upsert"] === undefined ? "create" : "upsert";
    case "GET":
      return "read";
    case "PUT":
      return "replace";
    case "PATCH":
      return "patch";
    case "DELETE":
      return "delete";
    default:
      return method;
  }
}
