/** The thread that the embedded Cosmos runs in. */
import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import { meter } from "../control/usage.ts";
import { type CosmosEmulator, listenCosmos, openCosmos } from "../cosmos/index.ts";
import { createClock } from "../shared/clock.ts";
import type { WireRequest, WireResponse } from "../shared/wire.ts";
import { outbox } from "./outbox.ts";
import type { ControlCall, ControlCalls, FromThread, ThreadOptions, ToThread } from "./messages.ts";

if (parentPort === null) throw new Error("This file runs in a worker thread only.");
await serve(parentPort, workerData as ThreadOptions);

async function serve(port: MessagePort, options: ThreadOptions): Promise<void> {
  const send = (message: FromThread): void => {
    port.postMessage(message);
  };
  try {
    const clock = createClock();
    const cosmos = openCosmos({ ...options, clock });
    const metered = meter(cosmos.handle);
    const server = await listenCosmos(
      { ...cosmos, handle: metered.handle },
      { port: options.port },
    );
    const { faults } = cosmos;
    const controls: ControlCalls = {
      advanceClock: (ms) => {
        clock.advance(ms);
        return clock.now();
      },
      setFault: (rule) => faults.set(rule),
      listFaults: () => faults.list(),
      clearFaults: (id) => {
        faults.clear(id);
      },
      readUsage: () => metered.read(),
      resetUsage: () => {
        metered.reset();
      },
    };
    tellChanges(cosmos, send);
    const answer = answering(metered.handle, send);
    port.on("message", (message: ToThread) => {
      if (message.kind === "requests") answer(message.requests);
      else if (message.kind === "control") send(control(controls, message));
      else
        void server
          .close()
          .then(() => cosmos.close())
          .then(() => {
            send({ kind: "closed" });
            port.close();
          });
    });
    send({ kind: "ready", url: server.url });
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    send({ kind: "failed", code, message });
  }
}

function answering(
  handle: (request: WireRequest) => Promise<WireResponse>,
  send: (message: FromThread) => void,
): (requests: readonly (readonly [number, WireRequest])[]) => void {
  const answered = outbox<readonly [number, WireResponse | undefined]>((answers) => {
    send({ kind: "answers", answers });
  });
  return (requests) => {
    for (const [id, request] of requests)
      handle(request).then(
        (response) => {
          answered([id, response]);
        },
        () => {
          answered([id, undefined]);
        },
      );
  };
}

function tellChanges(cosmos: CosmosEmulator, send: (message: FromThread) => void): void {
  const changed = outbox<string>((containers) => {
    send({ kind: "changes", containers: [...new Set(containers)] });
  });
  cosmos.onCommit(({ container }) => {
    changed(container);
  });
}

function control(
  controls: ControlCalls,
  { id, call }: { readonly id: number; readonly call: ControlCall },
): FromThread {
  try {
    const act = controls[call.name] as (...args: unknown[]) => unknown;
    return { kind: "controlled", id, result: act(...call.args) };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { kind: "controlled", id, result: undefined, error: message };
  }
}
