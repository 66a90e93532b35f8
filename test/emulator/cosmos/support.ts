import { after, before } from "node:test";
import { createHmac, randomUUID } from "node:crypto";
import {
  type Container,
  type ContainerDefinition,
  CosmosClient,
  type CosmosClientOptions,
  ChangeFeedStartFrom,
  type Database,
  type OperationInput,
  type PartitionKeyDefinition,
  PartitionKeyDefinitionVersion,
  PartitionKeyKind,
} from "@azure/cosmos";
import {
  type CosmosEmulator,
  type CosmosOptions,
  listenCosmos,
  openCosmos,
} from "../../../emulator/cosmos/index.ts";
import { type AdjustableClock, createClock } from "../../../emulator/shared/clock.ts";
import type { WireHandler, WireResponse } from "../../../emulator/shared/wire.ts";

const { COSMOS_ENDPOINT: realEndpoint, COSMOS_KEY: realKey } = process.env;
const isReal = realEndpoint !== undefined && realKey !== undefined;

/** The `skip` option of tests that only make sense against the emulator. */
export const emulatorOnly = isReal
  ? "needs the emulator's clock, faults, charges or file, which a real account does not have"
  : false;

export const accountKey = Buffer.from("a key for tests only").toString("base64");

export type Emulated = {
  readonly cosmos: CosmosEmulator;
  readonly clock: AdjustableClock;
  readonly endpoint: string;
  /** What was asked of the emulator, as "METHOD path". */
  readonly requests: string[];
  close(): Promise<void>;
};

/** Starts an emulated account on a free port. */
export async function startEmulator(options: Partial<CosmosOptions> = {}): Promise<Emulated> {
  const clock = options.clock ?? createClock();
  const ownThread = process.env["COSMOS_OWN_THREAD"] === "1";
  const cosmos = openCosmos({ file: ":memory:", key: accountKey, ownThread, ...options, clock });
  const requests: string[] = [];
  const handle: WireHandler = (request) => {
    requests.push(`${request.method} ${request.path}`);
    return cosmos.handle(request);
  };
  const server = await listenCosmos({ handle }, { port: 0 });
  const close = async (): Promise<void> => {
    await server.close();
    await cosmos.close();
  };
  return { cosmos, clock, endpoint: server.url, requests, close };
}

/** The authorization header for what is signed: "get\\ndbs\\n", for instance, and its date. */
export function signature(date: string, payload: string): string {
  const text = `${payload}\n${date.toLowerCase()}\n\n`;
  const key = Buffer.from(accountKey, "base64");
  const hash = createHmac("sha256", key).update(text).digest("base64");
  return encodeURIComponent(`type=master&ver=1.0&sig=${hash}`);
}

export type Signed = {
  readonly method: string;
  /** Below the account, as sent: "dbs/x/colls/y/docs". */
  readonly path: string;
  /** What the signature covers; by default the resource that the path names. */
  readonly resource?: { readonly type: string; readonly link: string };
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
};

/** Sends what the official client would not, with a valid signature. */
export function send(
  { cosmos }: Pick<Emulated, "cosmos">,
  { method, path, resource = named(path), headers = {}, body = "" }: Signed,
): Promise<WireResponse> {
  const date = new Date().toUTCString();
  const payload = `${method.toLowerCase()}\n${resource.type}\n${resource.link}`;
  const authorization = signature(date, payload);
  return cosmos.handle({
    method,
    path: `/${path}`,
    headers: { "x-ms-date": date, authorization, ...headers },
    body,
  });
}

/** The resource that a path names, or the feed and its parent. */
function named(path: string): { readonly type: string; readonly link: string } {
  const segments = path.split("/").filter(Boolean).map(decodeURIComponent);
  const isFeed = segments.length % 2 === 1;
  const link = (isFeed ? segments.slice(0, -1) : segments).join("/");
  return { type: segments.at(isFeed ? -1 : -2) ?? "", link };
}

export function connect(
  endpoint: string,
  options: Partial<CosmosClientOptions> = {},
): CosmosClient {
  return new CosmosClient({ endpoint, key: accountKey, ...options });
}

export type TestAccount = {
  readonly client: CosmosClient;
  readonly database: Database;
  /** The emulator behind the account; throws if it is a real one. */
  readonly emulated: Emulated;
  /** A new container with partition key /pk, unless the definition says otherwise. */
  container(definition?: Partial<ContainerDefinition> & Throughput): Promise<Container>;
};

type Throughput = { readonly throughput?: number; readonly maxThroughput?: number };

/** The newer hashing: without a version, the service takes the old one. */
export const partitionKeyV2 = (...paths: readonly string[]): PartitionKeyDefinition => ({
  paths: [...paths],
  kind: paths.length > 1 ? PartitionKeyKind.MultiHash : PartitionKeyKind.Hash,
  version: PartitionKeyDefinitionVersion.V2,
});

/**
 * An account for the tests of one file: emulated, or the one that COSMOS_ENDPOINT and COSMOS_KEY
 * name. Everything made in it is gone when the file is done.
 */
export function useAccount(options: Partial<CosmosOptions> = {}): TestAccount {
  let emulated: Emulated | undefined;
  let client: CosmosClient | undefined;
  let database: Database | undefined;

  before(async () => {
    if (isReal) client = new CosmosClient({ endpoint: realEndpoint, key: realKey });
    else {
      emulated = await startEmulator(options);
      client = connect(emulated.endpoint);
    }
    ({ database } = await client.databases.create({ id: `contract-${randomUUID()}` }));
  });
  after(async () => {
    await database?.delete();
    client?.dispose();
    await emulated?.close();
  });

  return {
    get client() {
      return required(client);
    },
    get database() {
      return required(database);
    },
    get emulated() {
      return required(emulated);
    },
    container: async (definition = {}) => {
      const { container } = await required(database).containers.create({
        id: `container-${randomUUID()}`,
        partitionKey: partitionKeyV2("/pk"),
        ...definition,
      });
      return container;
    },
  };
}

function required<T>(value: T | undefined): T {
  if (value === undefined) throw new Error("not started, or not there with a real account");
  return value;
}

/** Where a change feed starts. The SDK declares these as classes whose instances it never makes. */
export const startFrom = ChangeFeedStartFrom as unknown as Readonly<
  Record<
    "Beginning" | "Now" | "Continuation" | "Time",
    (scopeOrPlace?: unknown) => ChangeFeedStartFrom
  >
>;

export type BulkOutcome = {
  readonly statusCode: number;
  readonly resourceBody?: Readonly<Record<string, unknown>>;
};

/** Sends operations in bulk and gives their outcomes in the same order. */
export async function bulk(
  container: Container,
  operations: readonly OperationInput[],
  options: { readonly continueOnError?: boolean } = {},
): Promise<readonly BulkOutcome[]> {
  // Its successor waits for a second before it sends anything, and is tested by itself.
  // eslint-disable-next-line @typescript-eslint/no-deprecated
  return container.items.bulk([...operations], options);
}

/** What a refused request came to: its status, sub-status and message. */
export async function refusal(
  request: Promise<unknown>,
): Promise<{ status: number; substatus: number; message: string; headers: ResponseHeaders }> {
  try {
    await request;
  } catch (error) {
    const { code, substatus, message, headers } = error as {
      code: number;
      substatus?: number;
      message: string;
      headers?: ResponseHeaders;
    };
    return { status: code, substatus: substatus ?? 0, message, headers: headers ?? {} };
  }
  throw new Error("the request was not refused");
}

type ResponseHeaders = Readonly<Record<string, string>>;
