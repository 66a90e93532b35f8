import type { WireRequest, WireResponse } from "../../shared/wire.ts";
import { type FeedScope, readFeed, startingLsn } from "../change-feed.ts";
import type { Container } from "../container.ts";
import type { Account } from "./account.ts";
import { badRequest } from "./errors.ts";
import { parseJson } from "./json-body.ts";
import { feedBody, respond } from "./responses.ts";
import { wholeNumber } from "./whole-number.ts";

/** What the service returns on a page when the client names no size. */
const defaultPageSize = 100;

/** Answers a read of the change feed: 200 with documents, or 304; both say where to go on. */
export function handleChangeFeed(
  account: Account,
  link: string,
  { headers }: WireRequest,
): Promise<WireResponse> {
  if (headers["a-im"]?.toLowerCase() === "full-fidelity feed") {
    throw badRequest("Only the latest version mode of the change feed is emulated.");
  }
  const keyHeader = headers["x-ms-documentdb-partitionkey"];
  const partitionKey =
    keyHeader === undefined ? undefined : (parseJson(keyHeader) as readonly unknown[]);
  const target = { operation: "feed", container: link, partitionKey } as const;
  return account.withFaults(target, async () => {
    const container = account.container(link);
    const scope = feedScope(container, headers);
    const page = account.metered(container, [scope.range], () =>
      readFeed(scope, startingLsn(scope, headers), readPageSize(headers), account.clock.now()),
    );
    const isEmpty = page.documents.length === 0 && !page.isPartial;
    return Promise.resolve(
      respond({
        status: isEmpty ? 304 : 200,
        body: isEmpty ? "" : feedBody(container.rid, "Documents", page.documents),
        charge: page.charge,
        container,
        ranges: [scope.range],
        etag: `"${page.lsn}"`,
        itemCount: page.documents.length,
      }),
    );
  });
}

/** Pages hold what the client asks for; -1 leaves it to the service. */
export function readPageSize(headers: Readonly<Record<string, string>>): number {
  const header = headers["x-ms-max-item-count"];
  const size = header === undefined ? -1 : wholeNumber(header);
  if (size === -1) return defaultPageSize;
  if (size !== undefined && size > 0) return size;
  throw badRequest("x-ms-max-item-count must be a positive integer or -1.");
}

function feedScope(container: Container, headers: Readonly<Record<string, string>>): FeedScope {
  const { partitioning } = container;
  const key = headers["x-ms-documentdb-partitionkey"];
  if (key !== undefined && partitioning.isPrefix(key)) {
    const { range, ...slice } = partitioning.slice(key);
    return { container, range, slice };
  }
  if (key !== undefined) {
    const partition = partitioning.partition(key);
    return { container, range: partition.range, partition };
  }
  const rangeId = headers["x-ms-documentdb-partitionkeyrangeid"];
  if (rangeId === undefined) {
    throw badRequest("A change feed read must name a partition key or a partition key range.");
  }
  const range = partitioning.range(rangeId);
  const start = headers["x-ms-start-epk"];
  const end = headers["x-ms-end-epk"];
  if (start === undefined && end === undefined) return { container, range };
  return { container, range, slice: { minInclusive: start ?? "", maxExclusive: end ?? "FF" } };
}
