/** Runs one fixture app in this process, which the test has forked for it. */
import { createDurableFaults } from "../../../../emulator/durable/faults.ts";
import { startHost, type FunctionsHost } from "../../../../emulator/host/index.ts";
import { createClock } from "../../../../emulator/shared/clock.ts";
import type { Order, Report, RunOptions } from "./messages.ts";

const {
  hinted = false,
  durableFaults: rules = [],
  ...options
} = JSON.parse(process.argv[2] ?? "") as RunOptions;
const clock = createClock();
const durableFaults = createDurableFaults();
for (const rule of rules) durableFaults.set(rule);
const listeners = new Set<() => void>();
const report = (message: Report): void => {
  if (process.connected) process.send?.(message);
};

let host: FunctionsHost | undefined;
try {
  host = await startHost({
    ...options,
    clock,
    durableFaults,
    port: 0,
    log: (entry) => {
      report({ kind: "log", entry });
    },
    ...(hinted && {
      onChange: (_: string, listener: () => void) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    }),
  });
  report({ kind: "started", url: host.url, functions: host.functions });
} catch (error) {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  report({ kind: "failed", error: name, message });
  process.disconnect();
}

process.on("message", (order: Order) => {
  switch (order.kind) {
    case "advance":
      clock.advance(order.ms);
      break;
    case "wake":
      for (const listener of listeners) listener();
      break;
    case "stop":
      void host?.stop().then(() => {
        report({ kind: "stopped" });
        process.disconnect();
      });
      break;
    case "proceed":
      break;
  }
});
