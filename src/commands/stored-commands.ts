/** Commands as they are stored: what is read is checked before it is handled. */
import { z } from "zod";
import type { AccountCommand } from "../../domain/account/account.messages.ts";
import { deciderOf } from "../../domain/catalog.ts";
import {
  amountE4,
  declineReason,
  envelope,
  instant,
  restE4,
  safeId,
  streamForm,
  text,
  transfer,
} from "../events/stored-values.ts";
import { describeIssues, Malformed } from "../platform/malformed.ts";
import type { CommandDocument, CommandEnvelope } from "./command.ts";

type DataOf<Type extends AccountCommand["type"]> = Extract<AccountCommand, { type: Type }>["data"];

const terms = z.object({ requestedAt: instant, approvalFromE4: restE4, approvalUntil: instant });
const approver = z.object({ id: text, accounts: z.array(safeId) });
const named = z.object({ transferId: safeId });
const { isManaged: _, currency: __, ...asked } = transfer;

const accountCommands = {
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

const schemas: Readonly<Record<string, Readonly<Record<string, z.ZodType>>>> = {
  account: accountCommands,
};

const commandSchema = z.object({
  ...envelope,
  stream: z.string().regex(streamForm, "must be the name of a stream"),
  data: z.looseObject({}),
});

/** What is stored in `commands`, or parked, as the command that it is. Throws `Malformed`, also of a type that is not known. */
export function readCommand(raw: object): CommandEnvelope {
  const result = commandSchema.safeParse(raw);
  if (!result.success) throw new Malformed(`not a command: ${describeIssues(result.error.issues)}`);
  const { commandId, stream, type, data } = result.data;
  if ("id" in raw && raw.id !== commandId)
    throw new Malformed("not a command: commandId: must be the document's id");
  const schema = dataSchema(stream, type);
  if (schema === undefined) throw new Malformed(`the command ${type} is not known here`);
  const read = schema.safeParse(data);
  if (!read.success)
    throw new Malformed(`not a ${type}: ${describeIssues(read.error.issues, "data")}`);
  return raw as CommandEnvelope;
}

const documentSchema = commandSchema.extend({ resource: text });

/** What is stored in `commands`, of whatever type and with whatever data. Throws `Malformed`. */
export function readStored(stored: CommandDocument): CommandDocument {
  const result = documentSchema.safeParse(stored);
  if (result.success) return stored;
  throw new Malformed(`commands/${stored.id}: ${describeIssues(result.error.issues)}`);
}

/** Throws InvariantBroken if the category of the stream is not known. */
function dataSchema(stream: string, type: string): z.ZodType | undefined {
  const { category } = deciderOf(stream);
  const ofCategory = schemas[category];
  return ofCategory !== undefined && Object.hasOwn(ofCategory, type) ? ofCategory[type] : undefined;
}
