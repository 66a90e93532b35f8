/** The data of each command as it may be stored or parked. */
import { z } from "zod";
import type { AccountCommand } from "../../../domain/account/account.messages.ts";
import { instant, safeId, text } from "../../kernel/messages/stored-values.ts";
import { amountE4, declineReason, restE4, transfer } from "./stored-values.ts";

type DataOf<Type extends AccountCommand["type"]> = Extract<AccountCommand, { type: Type }>["data"];

const terms = z.object({ requestedAt: instant, approvalFromE4: restE4, approvalUntil: instant });
const approver = z.object({ id: text, accounts: z.array(safeId) });
const named = z.object({ transferId: safeId });
const { isManaged: _, currency: __, ...asked } = transfer;

export const accountCommandSchemas = {
  OpenAccount: z.object({ name: text, email: text, currency: text }),
  LoadCredits: z.object({ amountE4 }),
  SendCredits: z.object({ ...asked, scheduledFor: z.exactOptional(instant), terms }),
  StartTransfer: z.object({ transferId: safeId, terms }),
  ApproveTransfer: z.object({ transferId: safeId, approver, reason: z.exactOptional(text) }),
  DenyTransfer: z.object({ transferId: safeId, approver, reason: text }),
  CancelTransfer: named,
  ExpireTransfer: named,
  ReceiveCredits: z.object(transfer),
  SettleTransfer: named,
  RefundTransfer: z.object({ transferId: safeId, reason: declineReason }),
  FreezeAccount: z.object({ reason: text }),
  UnfreezeAccount: z.object({ reason: text }),
  CloseAccount: z.object({}),
} satisfies { readonly [Type in AccountCommand["type"]]: z.ZodType<DataOf<Type>> };
