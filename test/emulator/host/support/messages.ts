import type { DurableFaultRule } from "../../../../emulator/durable/faults.ts";
import type { FunctionInfo, LogEntry } from "../../../../emulator/host/index.ts";

/** What the parent tells a process that runs a fixture app. */
export type Order =
  | { readonly kind: "stop" }
  | { readonly kind: "advance"; readonly ms: number }
  /** Gives the host the hint that the monitored container has changed. */
  | { readonly kind: "wake" }
  /** Read by fixtures that wait for the test before they go on. */
  | { readonly kind: "proceed"; readonly what: string };

/** What that process reports. */
export type Report =
  | { readonly kind: "started"; readonly url: string; readonly functions: readonly FunctionInfo[] }
  | { readonly kind: "failed"; readonly error: string; readonly message: string }
  | { readonly kind: "log"; readonly entry: LogEntry }
  /** Sent by the fixture's own functions. */
  | { readonly kind: "seen"; readonly what: string; readonly value: unknown }
  | { readonly kind: "stopped" };

export type RunOptions = {
  readonly directory: string;
  readonly settings: Readonly<Record<string, string>>;
  readonly name?: string;
  readonly stateDirectory?: string;
  /** Whether the host gets a wake-up hint, given by the order `wake`. */
  readonly hinted?: boolean;
  readonly durableFaults?: readonly DurableFaultRule[];
};
