import type { WireRequest, WireResponse } from "../../shared/wire.ts";
import type { FaultRule } from "../faults.ts";
import type { Commit } from "../storage/store.ts";

/** What the thread is started with. */
export type ThreadOptions = {
  readonly file: string;
  readonly key: string;
  readonly partitionCount: number | undefined;
  /** By how much the clock of the main thread is ahead of the machine's time. */
  readonly clockOffsetMs: number;
};

/** What the main thread tells the emulator's thread. Messages arrive in the order sent. */
export type Order =
  | { readonly kind: "request"; readonly id: number; readonly request: WireRequest }
  | { readonly kind: "advance"; readonly ms: number }
  | { readonly kind: "set-fault"; readonly rule: FaultRule }
  | { readonly kind: "clear-fault"; readonly id: string | undefined }
  | { readonly kind: "close" };

/** What the emulator's thread tells the main thread. */
export type Report =
  | { readonly kind: "response"; readonly id: number; readonly response: WireResponse }
  | { readonly kind: "dropped"; readonly id: number; readonly message: string }
  | { readonly kind: "failed"; readonly id: number; readonly message: string }
  | { readonly kind: "commit"; readonly commit: Commit }
  | { readonly kind: "fault-hit"; readonly id: string };

/**
 * Collects what is said in one turn and sends it as one message: waking the other thread costs more
 * than what it is told.
 */
export function createOutbox<T>(send: (messages: readonly T[]) => void): (message: T) => void {
  let collected: T[] = [];
  return (message) => {
    collected.push(message);
    if (collected.length > 1) return;
    queueMicrotask(() => {
      const messages = collected;
      collected = [];
      send(messages);
    });
  };
}
