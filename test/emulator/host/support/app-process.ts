import { fork } from "node:child_process";
import { once } from "node:events";
import type { FunctionInfo, LogEntry } from "../../../../emulator/host/index.ts";
import type { Order, Report, RunOptions } from "./messages.ts";

/** A fixture app under the host, in a process of its own: one app per process is the rule. */
export type AppProcess = {
  readonly url: string;
  readonly functions: readonly FunctionInfo[];
  readonly logs: readonly LogEntry[];
  /** What the fixture's functions have reported under a name, so far. */
  seen(what: string): readonly unknown[];
  /** Resolves as soon as the condition over everything reported holds. */
  until(condition: () => boolean): Promise<void>;
  order(order: Order): void;
  /** Whether the host has said that it stopped. */
  hasStopped(): boolean;
  /** Stops the host and waits for the process to end. */
  stop(): Promise<void>;
  /** Ends the process without any chance to clean up. */
  kill(): Promise<void>;
};

export type StartOptions = Partial<RunOptions> & { readonly fixture?: string };

const runner = new URL("run-app.ts", import.meta.url);

/** @throws Error with the host's own message when the app does not start */
export async function startApp(options: StartOptions): Promise<AppProcess> {
  const { fixture = "", settings = {}, ...rest } = options;
  const directory = rest.directory ?? fixtureDirectory(fixture);
  const child = fork(runner, [JSON.stringify({ ...rest, directory, settings })], {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  const exited = once(child, "exit");
  const logs: LogEntry[] = [];
  const seen = new Map<string, unknown[]>();
  const waiting = new Set<() => void>();
  let hasStopped = false;
  const started = Promise.withResolvers<Extract<Report, { kind: "started" }>>();

  child.on("message", (report: Report) => {
    if (report.kind === "started") started.resolve(report);
    if (report.kind === "failed") started.reject(new Error(`${report.error}: ${report.message}`));
    if (report.kind === "stopped") hasStopped = true;
    if (report.kind === "log") logs.push(report.entry);
    if (report.kind === "seen") {
      seen.set(report.what, [...(seen.get(report.what) ?? []), report.value]);
    }
    for (const check of waiting) check();
  });
  child.on("exit", (code) => {
    started.reject(new Error(`The app's process ended with ${String(code)}.`));
  });

  const until = (condition: () => boolean): Promise<void> =>
    new Promise((resolve) => {
      const check = (): void => {
        if (!condition()) return;
        waiting.delete(check);
        resolve();
      };
      waiting.add(check);
      check();
    });
  const { url, functions } = await started.promise;
  return {
    url,
    functions,
    logs,
    seen: (what) => seen.get(what) ?? [],
    until,
    hasStopped: () => hasStopped,
    order: (order) => child.send(order),
    stop: async () => {
      if (child.connected) child.send({ kind: "stop" } satisfies Order);
      await exited;
    },
    kill: async () => {
      child.kill("SIGKILL");
      await exited;
    },
  };
}

export function fixtureDirectory(name: string): string {
  return new URL(`../fixtures/${name}`, import.meta.url).pathname;
}
