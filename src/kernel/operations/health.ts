/** Whether this instance lives, and whether it can work: for whoever starts, replaces or watches it. */
import { setTimeout as delay } from "node:timers/promises";
import type { Documents, StoredDocument } from "../../platform/cosmos/documents.ts";
import { type HttpHandler, json } from "../../platform/http/exchange.ts";
import { PlatformFault } from "../../platform/platform-fault.ts";

/** `GET /api/health/live`: it answers at all. */
export const showLiveness: HttpHandler = () => Promise.resolve(json(200, { status: "up" }));

/** Later than this an answer helps nobody. */
const patienceMs = 3_000;
/** Anybody may ask, and each look at the store costs a request unit. */
const freshForMs = 1_000;

/**
 * `GET /api/health/ready`: 200 if commands can be stored and views read, else 503. Event Grid is not asked: what cannot be
 * published waits for it (docs/adr/0011).
 */
export function showReadiness(store: Pick<Documents<StoredDocument>, "read">): HttpHandler {
  let latest: { readonly atMs: number; readonly isUp: Promise<boolean> } | undefined;
  return async () => {
    const nowMs = performance.now();
    if (latest === undefined || nowMs - latest.atMs > freshForMs)
      latest = { atMs: nowMs, isUp: inTime(canRead(store)) };
    const isUp = await latest.isUp;
    const status = isUp ? "up" : "down";
    return json(isUp ? 200 : 503, { status, checks: { store: status } });
  };
}

/** A document that is not there is an answer too. */
async function canRead(store: Pick<Documents<StoredDocument>, "read">): Promise<boolean> {
  try {
    await store.read("health", "health");
    return true;
  } catch (error) {
    if (error instanceof PlatformFault) return false;
    throw error;
  }
}

async function inTime(isUp: Promise<boolean>): Promise<boolean> {
  const answered = new AbortController();
  const { signal } = answered;
  try {
    return await Promise.race([isUp, delay(patienceMs, false, { signal })]);
  } finally {
    answered.abort();
  }
}
