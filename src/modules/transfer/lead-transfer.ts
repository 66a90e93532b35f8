/**
 * Event Grid → the process of the transfer that an event is about: started if it is not there, told if it is. Events come
 * in any order and again: whichever comes first starts the process, which begins by looking how the transfer stands; one
 * that comes after the end starts nothing, or a process that sees at once that it is done. (Durable Functions would
 * silently replace a finished instance by a new one: durable-extension PR 3468.)
 */
import type { Instances } from "../../platform/durable/instances.ts";
import type { IntegrationEvent } from "../account/integration-events.ts";
import { signalFrom, type TransferSignal } from "./transfer-news.ts";

export async function leadTransfer(event: IntegrationEvent, instances: Instances): Promise<void> {
  const signal = signalFrom(event);
  if (signal !== undefined) await startOrSignal(signal, instances);
}

async function startOrSignal(signal: TransferSignal, instances: Instances): Promise<void> {
  const { stage, transfer } = signal.news;
  const id = transfer.transferId;
  if ((await instances.status(id)) === "running") return instances.signal(id, signal);
  if (stage === "ended") return;
  if (!(await instances.start(id))) await instances.signal(id, signal);
}
