/** Commands as they are stored: what is read is checked before it is handled. */
import { z } from "zod";
import type { AccountCommand } from "../../../domain/account/account.messages.ts";
import { parseStream } from "../../../domain/kernel/streams.ts";
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
} from "./stored-values.ts";
import { type Fault, faultsIn, Malformed } from "../../platform/malformed.ts";
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
  if (!result.success)
    throw new Malformed("not a command", { faults: faultsIn(result.error.issues) });
  const { commandId, stream, type, data } = result.data;
  const { category } = parseStream(stream);
  const known = Object.hasOwn(schemas, category) ? schemas[category] : undefined;
  if (known === undefined) throw new Malformed("not a command", { faults: [unknown(category)] });
  if ("id" in raw && raw.id !== commandId)
    throw new Malformed("not a command", {
      faults: [{ path: "commandId", message: "must be the document's id" }],
    });
  const schema = Object.hasOwn(known, type) ? known[type] : undefined;
  if (schema === undefined)
    throw new Malformed("not a command", {
      faults: [{ path: "type", message: `the command ${type} is not known here` }],
    });
  const read = schema.safeParse(data);
  if (!read.success)
    throw new Malformed(`not a ${type}`, { faults: faultsIn(read.error.issues, "data") });
  return raw as CommandEnvelope;
}

const envelopeSchema = commandSchema.omit({ data: true });

/** Whose command something is, whatever it asks for; `undefined` if that cannot be told. Its data are left out. */
export function readEnvelope(raw: object): CommandEnvelope | undefined {
  const result = envelopeSchema.safeParse(raw);
  if (!result.success || !isOfKnownCategory(result.data.stream)) return undefined;
  const isOther = "id" in raw && raw.id !== result.data.commandId;
  return isOther ? undefined : { ...result.data, data: {} };
}

function isOfKnownCategory(stream: string): boolean {
  return Object.hasOwn(schemas, parseStream(stream).category);
}

const documentSchema = commandSchema.extend({ resource: text });

/** What is stored in `commands`, of whatever type and with whatever data. Throws `Malformed`. */
export function readStored(stored: CommandDocument): CommandDocument {
  const result = documentSchema.safeParse(stored);
  if (result.success) return stored;
  throw new Malformed(`commands/${stored.id}`, { faults: faultsIn(result.error.issues) });
}

function unknown(category: string): Fault {
  return { path: "stream", message: `the category ${category} is not known here` };
}
