import { parentPort, workerData } from "node:worker_threads";
import { createClock } from "../../shared/clock.ts";
import { openHere } from "../emulator.ts";
import { DroppedReply } from "../protocol/account.ts";
import { createOutbox, type Order, type Report, type ThreadOptions } from "./messages.ts";

/** The emulator's own thread: does what proxy.ts asks of it. */
if (parentPort === null) throw new Error("thread.ts is started by proxy.ts");
const port = parentPort;
const { file, key, partitionCount, clockOffsetMs } = workerData as ThreadOptions;
const report = createOutbox<Report>((reports) => {
  port.postMessage(reports);
});

const clock = createClock();
clock.advance(clockOffsetMs);
const cosmos = openHere(
  { file, key, clock, ...(partitionCount !== undefined && { partitionCount }) },
  (id) => {
    report({ kind: "fault-hit", id });
  },
);
cosmos.onCommit((commit) => {
  report({ kind: "commit", commit });
});

port.on("message", (orders: readonly Order[]) => {
  for (const order of orders) obey(order);
});

function obey(order: Order): void {
  switch (order.kind) {
    case "request":
      void answer(order);
      return;
    case "advance":
      clock.advance(order.ms);
      return;
    case "set-fault":
      cosmos.faults.set(order.rule);
      return;
    case "clear-fault":
      cosmos.faults.clear(order.id);
      return;
    case "close":
      void close();
  }
}

async function answer({ id, request }: Extract<Order, { kind: "request" }>): Promise<void> {
  try {
    report({ kind: "response", id, response: await cosmos.handle(request) });
  } catch (error) {
    const { message } = error as Error;
    report({ kind: error instanceof DroppedReply ? "dropped" : "failed", id, message });
  }
}

/** Lets the last answers out; then nothing keeps the thread alive. */
async function close(): Promise<void> {
  await cosmos.close();
  await new Promise((resolve) => setImmediate(resolve));
  port.close();
}
