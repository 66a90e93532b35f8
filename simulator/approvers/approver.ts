import { setTimeout as pause } from "node:timers/promises";
import type { AdminSession } from "./admin-api.ts";
import type { AdminTransfer } from "./admin-documents.ts";

/** How an approver follows what happens: by the live stream, or by reloading the page. */
export type Habit = "watches_live" | "reloads";

export type Approver = {
  email: string;
  session: AdminSession;
  /** The transfer, once the app has shown it; undefined when it did not within the time. */
  sees: (transferId: string, patienceMs: number) => Promise<AdminTransfer | undefined>;
  leave: () => void;
};

const RELOAD_MS = 150;
const RECONNECT_MS = 200;

/** An approver who has signed in and looks at the admin app until leaving. */
export const newApprover = (email: string, session: AdminSession, habit: Habit): Approver => {
  const departure = new AbortController();
  const shown = new Map<string, AdminTransfer>();
  const watchers = new Map<string, (transfer: AdminTransfer) => void>();
  let failure: unknown;
  const show = (transfer: AdminTransfer): void => {
    shown.set(transfer.transferId, transfer);
    watchers.get(transfer.transferId)?.(transfer);
  };
  /** The list, and what is looked for but has left the list already. */
  const look = async (): Promise<void> => {
    for (const transfer of await session.waiting()) show(transfer);
    for (const transferId of watchers.keys()) {
      const transfer = await session.transfer(transferId);
      if (transfer !== undefined) show(transfer);
    }
  };
  const isGone = (): boolean => departure.signal.aborted;
  const watchLive = async (): Promise<void> => {
    while (!isGone()) {
      // Before, because it signs in where that is needed; after, for what happened in between.
      await look();
      for await (const news of session.live(departure.signal)) {
        if (news === "connected") await look();
        else show(news);
      }
      if (!isGone()) await pause(RECONNECT_MS);
    }
  };
  const reload = async (): Promise<void> => {
    while (!isGone()) {
      if (watchers.size > 0) await look();
      await pause(RELOAD_MS);
    }
  };
  const watching = (habit === "watches_live" ? watchLive() : reload()).catch((error: unknown) => {
    failure = error;
  });
  return {
    email,
    session,
    sees: async (transferId, patienceMs) => {
      const known = shown.get(transferId);
      if (known !== undefined) return known;
      const timeout = new AbortController();
      const seen = new Promise<AdminTransfer>((resolve) => {
        watchers.set(transferId, resolve);
      });
      // It may have been there before anybody asked for it.
      const opened = await session.transfer(transferId);
      if (opened !== undefined) show(opened);
      const late = pause(patienceMs, undefined, { signal: timeout.signal }).catch(() => undefined);
      const found = await Promise.race([seen, late, watching.then(() => undefined)]);
      timeout.abort();
      watchers.delete(transferId);
      if (failure !== undefined) throw failure as Error;
      return found ?? undefined;
    },
    leave: () => {
      departure.abort();
    },
  };
};
