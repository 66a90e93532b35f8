/**
 * The watchdog: finds transfers that a process leads and whose next step is overdue, and nudges their processes, or starts
 * those that are not there or have failed. What Event Grid dropped, a task hub lost, or a worker died of, thus costs time
 * and nothing else: a step is overdue after `WATCH_GRACE_MS`, and looked for at each tick of `WATCH_SCHEDULE`.
 */
import { instantMs } from "../../../domain/kernel/instants.ts";
import type { Clock } from "../../platform/clock.ts";
import type { Documents } from "../../platform/cosmos/documents.ts";
import type { Instances, InstanceStatus } from "../../platform/durable/instances.ts";
import { type HttpResponse, json } from "../../platform/http/exchange.ts";
import type { Settings } from "../../platform/settings.ts";
import { readableTransferViews, type ReadableViews } from "./read-transfer-view.ts";
import type { TransferView } from "./transfer-view.ts";
import { dueAtMsOf } from "./transfer-news.ts";

/**
 * Longer than Event Grid may go on delivering: until then an ended instance keeps its events from starting it anew. What
 * has failed is kept as long, for operators to look at; and until its transfer has ended, since it may be started anew at
 * any time, and purging is not safe beside a start.
 */
const rememberedMs = 30 * 24 * 60 * 60 * 1_000;

type Dependencies = {
  readonly transfers: Documents<TransferView>;
  readonly clock: Clock;
  readonly settings: Pick<Settings, "watchGraceMs">;
};

type Log = { warn(...details: unknown[]): void };

export function watchTransfers({
  transfers,
  clock,
  settings,
}: Dependencies): (instances: Instances, log: Log) => Promise<void> {
  return async (instances, log) => {
    const { views, unreadable } = await unended(transfers);
    for (const view of views) {
      if (!isOverdue(view, clock.now() - settings.watchGraceMs)) continue;
      const status = await instances.status(view.id);
      log.warn(`Transfer ${view.id} is overdue (${view.stage}); its process is ${status}.`);
      if (status === "running") await instances.signal(view.id, null);
      else await instances.start(view.id);
    }
    const led = new Set(views.map(({ id }) => id));
    // A view that cannot be read may be anybody's.
    const isOver = (id: string): boolean => unreadable === 0 && !led.has(id);
    await instances.forget(clock.now() - rememberedMs, isOver);
  };
}

/** `GET /api/operator/processes`: every transfer that a process leads, the oldest first. */
export function showProcesses({
  transfers,
  clock,
  settings,
}: Dependencies): (instances: Pick<Instances, "status">) => Promise<HttpResponse> {
  return async (instances) => {
    const { views: found, unreadable } = await unended(transfers);
    const views = found.toSorted((a, b) => instantMs(a.requestedAt) - instantMs(b.requestedAt));
    const items = [];
    const lateMs = clock.now() - settings.watchGraceMs;
    for (const view of views) items.push(shown(view, await instances.status(view.id), lateMs));
    return json(200, { items, ...(unreadable === 0 ? {} : { unreadable }) });
  };
}

export async function unended(transfers: Documents<TransferView>): Promise<ReadableViews> {
  const text = 'SELECT * FROM c WHERE c.stage IN ("scheduled", "waiting", "approved", "started")';
  return readableTransferViews(await transfers.query<TransferView>({ text }));
}

/** Whether the next step should have been taken by an instant. */
export function isOverdue(view: TransferView, byMs: number): boolean {
  return (dueAtMsOf(view) ?? instantMs(view.updatedAt)) < byMs;
}

function shown(view: TransferView, runtimeStatus: InstanceStatus, lateMs: number): object {
  const dueAtMs = dueAtMsOf(view);
  return {
    transferId: view.id,
    stage: view.stage,
    since: view.updatedAt,
    ...(dueAtMs === undefined ? {} : { dueAt: new Date(dueAtMs).toISOString() }),
    isOverdue: isOverdue(view, lateMs),
    runtimeStatus,
  };
}
