/** Events as Event Grid brings them, and the containers of the secondary handlers. */
import { type Container, CosmosClient, PartitionKeyDefinitionVersion } from "@azure/cosmos";
import { localCosmosKey } from "../../scripts/local-azure.ts";
import type { ContainerDefinition } from "../../src/containers.ts";
import type { HttpRequest } from "../../src/platform/http/exchange.ts";
import { PlatformFault } from "../../src/platform/platform-fault.ts";
import type {
  IntegrationData,
  IntegrationEvent,
  IntegrationEventType,
} from "../../src/modules/account/integration-events.ts";
import type { OriginalOf } from "../../src/modules/account/original-event.ts";

export const ada = "adaadaadaadaadaa";
export const bob = "bobbobbobbobbobb";

const transfer = {
  transferId: `${ada}-00000000000000000001`,
  from: ada,
  to: bob,
  amount: "25.50",
  currency: "EUR",
  isManaged: false,
};
const reason = "receiver_closed";

/** Data of each type there is. */
export const sampleData: IntegrationData = {
  "saldo.account.opened.v1": { accountId: ada, currency: "EUR" },
  "saldo.account.frozen.v1": { accountId: ada, reason: "stolen" },
  "saldo.account.unfrozen.v1": { accountId: ada, reason: "found" },
  "saldo.account.closed.v1": { accountId: ada },
  "saldo.credits.loaded.v1": { accountId: ada, amount: "100.00", fee: "0.02", currency: "EUR" },
  "saldo.command.rejected.v1": {
    accountId: ada,
    commandId: "c0000000000000000001",
    command: "SendCredits",
    code: "insufficient_funds",
    detail: "The available balance is too small.",
  },
  "saldo.transfer.sent.v1": transfer,
  "saldo.transfer.received.v1": { ...transfer, note: "pocket money" },
  "saldo.transfer.declined.v1": { ...transfer, reason },
  "saldo.transfer.settled.v1": transfer,
  "saldo.transfer.refunded.v1": { ...transfer, reason },
  "saldo.transfer.scheduled.v1": { ...transfer, scheduledFor: "2026-02-01T00:00:00.000Z" },
  "saldo.transfer.withdrawn.v1": transfer,
  "saldo.transfer.failed.v1": { ...transfer, reason: "insufficient_funds" },
  "saldo.transfer.approval_requested.v1": { ...transfer, expiresAt: "2026-02-01T00:00:00.000Z" },
  "saldo.transfer.approved.v1": { ...transfer, approver: "grace@bank.example" },
  "saldo.transfer.denied.v1": { ...transfer, approver: "grace@bank.example", reason: "unusual" },
  "saldo.transfer.cancelled.v1": transfer,
  "saldo.transfer.expired.v1": transfer,
};

export const eventTypes = Object.keys(sampleData) as readonly IntegrationEventType[];

type Given<Type extends IntegrationEventType> = {
  readonly data?: Partial<IntegrationData[Type]>;
  readonly version?: number;
  readonly time?: string;
  readonly actor?: string;
};

export function eventOf<Type extends IntegrationEventType>(
  type: Type,
  given: Given<Type> = {},
): IntegrationEvent {
  const { data = {}, version = 1, time = "2026-01-31T12:00:00.000Z", actor } = given;
  const stream = `account-${type === "saldo.transfer.received.v1" ? bob : ada}`;
  return {
    id: `${stream}/${version}`,
    specversion: "1.0",
    source: `/saldo/${stream}`,
    type,
    subject: `accounts/${ada}`,
    time,
    datacontenttype: "application/json",
    sequence: `${version}`.padStart(10, "0"),
    traceparent: `00-${"1".repeat(32)}-${"2".repeat(16)}-01`,
    correlationid: "c0000000000000000001",
    causationid: "c0000000000000000001",
    actor: actor ?? `account:${ada}`,
    data: { ...sampleData[type], ...data },
  } as unknown as IntegrationEvent;
}

/** Of events whose texts do not look like dates: none has to be read again. */
export const noOriginals: OriginalOf = () => Promise.reject(new Error("must not be asked"));

/** As Event Grid does: again until it succeeds, but not for ever. */
export async function deliver(
  handle: (event: IntegrationEvent) => Promise<void>,
  event: IntegrationEvent,
  attemptsLeft = 20,
): Promise<void> {
  try {
    await handle(event);
  } catch (error) {
    if (!(error instanceof PlatformFault) || attemptsLeft === 1) throw error;
    await deliver(handle, event, attemptsLeft - 1);
  }
}

/** A container of the database `saldo`, made as infrastructure code would make it. */
export async function provisionContainer(
  cosmosUrl: string,
  { id, partitionKey, indexed, defaultTtl }: ContainerDefinition,
): Promise<{ container: Container; dispose: () => void }> {
  const client = new CosmosClient({ endpoint: cosmosUrl, key: localCosmosKey });
  const { container } = await client.database("saldo").containers.createIfNotExists({
    id,
    partitionKey: { paths: [partitionKey], version: PartitionKeyDefinitionVersion.V2 },
    indexingPolicy: {
      includedPaths: indexed.map((path) => ({ path })),
      excludedPaths: [{ path: "/*" }],
    },
    ...(defaultTtl === undefined ? {} : { defaultTtl }),
  });
  return {
    container,
    dispose: () => {
      client.dispose();
    },
  };
}

/** A request as a handler gets it from the host. */
export function requestOf({
  params = {},
  query = "",
  headers = {},
}: {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string>>;
}): HttpRequest {
  return {
    url: `http://localhost/?${query}`,
    params,
    query: new URLSearchParams(query),
    headers: new Headers(headers),
    text: () => Promise.resolve(""),
  };
}
