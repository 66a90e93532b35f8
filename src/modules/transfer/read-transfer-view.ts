/** The read model of transfers as it is stored: checked before it is shown, or built upon. */
import { z } from "zod";
import { safeId } from "../../kernel/messages/stored-values.ts";
import { checked } from "../account/read-account-view.ts";
import { transfer } from "../account/stored-values.ts";
import type { TransferView } from "./transfer-view.ts";

const instant = z.string().refine((text) => !Number.isNaN(Date.parse(text)), "must be an instant");

const transferSchema = z.object({
  id: safeId,
  version: z.int().min(1),
  stage: z.enum(["scheduled", "waiting", "approved", "started", "ended"]),
  transfer: z.object(transfer),
  requestedAt: instant,
  updatedAt: instant,
  scheduledFor: z.exactOptional(instant),
  expiresAt: z.exactOptional(instant),
  history: z.array(z.object({ at: z.string(), what: z.string(), by: z.string() })),
  cause: z.object({
    correlationId: z.string(),
    causationId: z.string(),
    traceparent: z.string(),
  }),
});

export function isTransferView(stored: TransferView): boolean {
  return transferSchema.safeParse(stored).success;
}

const partiesSchema = z.object({ transfer: z.object({ from: safeId, to: safeId }) });

/** The accounts that a transfer goes from and to. Throws `Malformed`, with the name of the document. */
export function partiesIn(stored: TransferView): Pick<TransferView["transfer"], "from" | "to"> {
  return checked("transfers", partiesSchema, stored).transfer;
}

export type ReadableViews = {
  readonly views: readonly TransferView[];
  /** How many there are beside them that cannot be read. */
  readonly unreadable: number;
};

/** A list is not kept from everybody for one document that cannot be read: it is left out, and counted. */
export function readableTransferViews(stored: readonly TransferView[]): ReadableViews {
  const views = stored.filter(isTransferView);
  return { views, unreadable: stored.length - views.length };
}
