/**
 * The watchdog: finds transfers that a process leads and whose next step is overdue, and nudges their processes, or starts
 * those that are not there. What Event Grid dropped, or a task hub lost, thus costs time and nothing else.
 */
import type { Clock } from "../platform/clock.ts";
import type { Documents } from "../platform/cosmos/documents.ts";
import type { Instances, InstanceStatus } from "../platform/durable/instances.ts";
import { type HttpResponse, json } from "../platform/http/exchange.ts";
import type { Settings } from "../platform/settings.ts";
import type { TransferView } from "../projections/transfer-view.ts";
import { dueAtMsOf } from "./transfer-news.ts";

/** Longer than Event Grid may go on delivering: until then an ended instance keeps its events from starting it anew. */
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
    for (const view of await unended(transfers)) {
      if (!isOverdue(view, clock.now() - settings.watchGraceMs)) continue;
      const status = await instances.status(view.id);
      log.warn(`Transfer ${view.id} is overdue (${view.stage}); its process is ${status}.`);
      if (status === "running") await instances.signal(view.id, null);
      else await instances.start(view.id);
    }
    await instances.forget(clock.now() - rememberedMs);
  };
}

/** `GET /api/operator/processes`: every transfer that a process leads, the oldest first. */
export function showProcesses({
  transfers,
  clock,
  settings,
}: Dependencies): (instances: Pick<Instances, "status">) => Promise<HttpResponse> {
  return async (instances) => {
    const views = (await unended(transfers)).toSorted((a, b) =>
      a.requestedAt < b.requestedAt ? -1 : 1,
    );
    const items = [];
    const lateMs = clock.now() - settings.watchGraceMs;
    for (const view of views) items.push(shown(view, await instances.status(view.id), lateMs));
    return json(200, { items });
  };
}

export function unended(transfers: Documents<TransferView>): Promise<readonly TransferView[]> {
  const text = 'SELECT * FROM c WHERE c.stage IN ("scheduled", "waiting", "approved", "started")';
  return transfers.query<TransferView>({ text });
}

/** Whether the next step should have been taken by an instant. */
export function isOverdue(view: TransferView, byMs: number): boolean {
  return (dueAtMsOf(view) ?? Date.parse(view.updatedAt)) < byMs;
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
