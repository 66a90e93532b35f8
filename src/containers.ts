/**
 * The Cosmos containers. Created by infrastructure code (`infra/`), never by the app at a cold start. Indexing leaves
 * out everything that no query asks for: each indexed term costs 0.2 RU a write.
 */
export type ContainerDefinition = {
  readonly id: string;
  readonly partitionKey: string;
  /** Paths that queries use, in indexing-policy form. */
  readonly indexed: readonly string[];
  /** -1: documents may carry a `ttl` of their own. */
  readonly defaultTtl?: -1;
};

export const containers = {
  /** What was asked for. Written once; one logical partition a stream. */
  commands: { id: "commands", partitionKey: "/stream", indexed: [] },
  /** What happened: one document a commit, immutable. */
  events: {
    id: "events",
    partitionKey: "/stream",
    indexed: ["/at/?", "/commandIds/[]/?", "/corrects/number/?"],
  },
  /** Read model: one document an account. */
  accounts: { id: "accounts", partitionKey: "/id", indexed: [] },
  /** Read model: one document a transfer that a process leads; gone some time after it has ended. */
  transfers: { id: "transfers", partitionKey: "/id", indexed: ["/stage/?"], defaultTtl: -1 },
  /** The outbox of messages to account owners: one logical partition an account, numbered without gaps. */
  notifications: {
    id: "notifications",
    partitionKey: "/accountId",
    indexed: ["/number/?"],
    defaultTtl: -1,
  },
  /** What a day has brought, in slices so that no partition is hot, with a marker for each event that was counted. */
  dailyRevenue: {
    id: "daily-revenue",
    partitionKey: "/slice",
    indexed: ["/day/?"],
    defaultTtl: -1,
  },
  /** What could not be handled, one logical partition a lane, and records of what was decided about it. */
  deadLetters: {
    id: "dead-letters",
    partitionKey: "/lane",
    indexed: ["/order/?"],
    defaultTtl: -1,
  },
  /** The change feeds' positions. Its lock documents carry a ttl (azure-webjobs-sdk-extensions issue 858). */
  leases: { id: "leases", partitionKey: "/id", indexed: [], defaultTtl: -1 },
} as const satisfies Record<string, ContainerDefinition>;
