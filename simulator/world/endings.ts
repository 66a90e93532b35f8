import { setTimeout as pause } from "node:timers/promises";
import { isFinal, type TransferDocument } from "../client/transfer-documents.ts";
import type { World } from "./world.ts";

const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 1_000;

/**
 * Waits for a transfer to come to its end, as its sender looks at it now and then. Gives what was
 * seen last: when the patience is over the audit will see for itself.
 */
export const awaitEnding = async (
  { api, settlingPatienceMs }: Pick<World, "api" | "settlingPatienceMs">,
  transferId: string,
): Promise<TransferDocument | undefined> => {
  const deadlineMs = performance.now() + settlingPatienceMs;
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 1.5)) {
    const transfer = await api.transfer(transferId);
    const hasEnded = transfer !== undefined && isFinal(transfer.status);
    if (hasEnded || performance.now() > deadlineMs) return transfer;
    await pause(pauseMs);
  }
};
