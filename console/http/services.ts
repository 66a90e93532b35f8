import type { Sources } from "../azure/sources.ts";
import type { Observer } from "../flow/observer.ts";
import type { Notices } from "./notices.ts";

/** What the routes work with. */
export type Services = Sources & {
  readonly observer: Observer;
  readonly notices: Notices;
  readonly now: () => number;
  /** Names by which the console is asked, beside those of this machine. */
  readonly allowedHosts: readonly string[];
  /** Aborted when the console closes. */
  readonly closing: AbortSignal;
};
