import { setTimeout as pause } from "node:timers/promises";
import type { Api } from "../client/api.ts";
import type { StatusDocument } from "../client/documents.ts";
import type { NotificationType, TransferDocument } from "../client/transfer-documents.ts";
import { formatMoney } from "../money.ts";

/** One station of a transfer's life, as it could be seen from outside. */
export type Hop = {
  hop: string;
  /** Whether it could be seen at all. */
  arrived: boolean;
  /** From the POST to the moment the client saw it; of what did not arrive, until it gave up. */
  seenMs: number;
  /** From the acceptance to the instant that the service has noted, where it notes one. */
  recordedMs?: number;
  detail: string;
};

/** What is known of a hop when it is seen. */
export type Sight = { at?: string | undefined; detail: string };

export type Journey = {
  /** Waits for something to be seen, and notes when; `look` gives undefined when it never was. */
  note: (hop: string, look: (deadlineMs: number) => Promise<Sight | undefined>) => Promise<void>;
  /** What the service's instants are counted from. */
  startsAt: (acceptedAt: string) => void;
  hops: () => Hop[];
};

/** The clock starts now. */
export const newJourney = (patienceMs: number): Journey => {
  const startedAtMs = performance.now();
  const noted: (Hop & { at: string | undefined })[] = [];
  let acceptedAtMs = 0;
  return {
    note: async (hop, look) => {
      const sight = await look(performance.now() + patienceMs);
      const seenMs = Math.round((performance.now() - startedAtMs) * 10) / 10;
      const { at, detail = "did not arrive" } = sight ?? {};
      noted.push({ hop, arrived: sight !== undefined, seenMs, at, detail });
    },
    startsAt: (acceptedAt) => {
      acceptedAtMs = Date.parse(acceptedAt);
    },
    hops: () =>
      noted
        .toSorted((one, other) => one.seenMs - other.seenMs)
        .map(({ at, ...hop }) =>
          at === undefined ? hop : { ...hop, recordedMs: Date.parse(at) - acceptedAtMs },
        ),
  };
};

/** Seldom enough not to be in the way of what is looked at. */
const LOOK_EVERY_MS = 10;

/** Looks at least once, and again and again; undefined when the time is over. */
const keepLooking = async <Seen>(
  deadlineMs: number,
  look: () => Promise<Seen | undefined>,
): Promise<Seen | undefined> => {
  for (;;) {
    const seen = await look();
    if (seen !== undefined || performance.now() > deadlineMs) return seen;
    await pause(LOOK_EVERY_MS);
  }
};

/** The status document, once it says that the point is reached. */
export const reached = (
  api: Api,
  location: string,
  until: "handled" | "visible" | "settled",
  deadlineMs: number,
): Promise<StatusDocument | undefined> =>
  keepLooking(deadlineMs, async () => {
    const { document, reached: isReached } = await api.status(location, until);
    return isReached && document.status === "accepted" ? document : undefined;
  });

/** The transfer, once its history has this. */
export const inHistory = (
  api: Api,
  transferId: string,
  what: string,
  deadlineMs: number,
): Promise<(TransferDocument & { at: string; by: string }) | undefined> =>
  keepLooking(deadlineMs, async () => {
    const transfer = await api.transfer(transferId);
    const entry = transfer?.history.find((known) => known.what === what);
    return transfer && entry && { ...transfer, at: entry.at, by: entry.by ?? "nobody" };
  });

/** The notification of this type about the transfer, held for by the service itself. */
export const notified = async (
  api: Api,
  { accountId, transferId }: { accountId: string; transferId: string },
  type: NotificationType,
  deadlineMs: number,
): Promise<Sight | undefined> => {
  let after: string | undefined;
  return keepLooking(deadlineMs, async () => {
    const { items, next } = await api.notifications(accountId, { after, wait: true });
    after = next;
    const found = items.find((item) => item.type === type && item.transferId === transferId);
    return found && { at: found.at, detail: found.text };
  });
};

/** The account, once it shows this sum and nothing in flight. */
export const balanceShown = (
  api: Api,
  { accountId, name }: { accountId: string; name: string },
  availableE4: bigint,
  deadlineMs: number,
): Promise<Sight | undefined> =>
  keepLooking(deadlineMs, async () => {
    const account = await api.account(accountId);
    const isRight =
      account?.balance.availableE4 === availableE4 && account.balance.inFlightE4 === 0n;
    return isRight ? { detail: `${name} has ${formatMoney(availableE4)}` } : undefined;
  });
