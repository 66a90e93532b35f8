/** What the two threads say to each other. Requests and answers travel in bundles: one message for each turn. */
import type { CosmosOptions } from "../cosmos/index.ts";
import type { ActiveFault, FaultRule } from "../cosmos/faults.ts";
import type { Usage } from "../control/usage.ts";
import type { WireRequest, WireResponse } from "../shared/wire.ts";

export type ThreadOptions = Omit<CosmosOptions, "clock"> & {
  /** TCP port of the account; 0 = any free one. */
  readonly port: number;
};

/** What the control door may ask of the account. */
export type ControlCalls = {
  advanceClock(ms: number): number;
  setFault(rule: FaultRule): string;
  listFaults(): readonly ActiveFault[];
  clearFaults(id?: string): void;
  readUsage(): Usage;
  resetUsage(): void;
};

export type ControlCall = {
  [Name in keyof ControlCalls]: {
    readonly name: Name;
    readonly args: Parameters<ControlCalls[Name]>;
  };
}[keyof ControlCalls];

export type ToThread =
  | {
      readonly kind: "requests";
      readonly requests: readonly (readonly [id: number, WireRequest])[];
    }
  | { readonly kind: "control"; readonly id: number; readonly call: ControlCall }
  | { readonly kind: "close" };

export type FromThread =
  | { readonly kind: "ready"; readonly url: string }
  | { readonly kind: "failed"; readonly code: string | undefined; readonly message: string }
  | {
      readonly kind: "answers";
      /** Without a response: the reply was lost, as a fault rule wanted. */
      readonly answers: readonly (readonly [id: number, WireResponse | undefined])[];
    }
  | { readonly kind: "changes"; readonly containers: readonly string[] }
  | {
      readonly kind: "controlled";
      readonly id: number;
      readonly result: unknown;
      readonly error?: string;
    }
  | { readonly kind: "closed" };
