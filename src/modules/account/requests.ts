/** What may be asked for by POST: the shape of each request, and the command that it becomes. */
import { z } from "zod";
import type {
  AccountCommand,
  Approver,
  TransferTerms,
} from "../../../domain/account/account.messages.ts";
import { formatInstant, instantMs } from "../../../domain/kernel/instants.ts";
import { largestAmountE4, parseAmount } from "../../../domain/kernel/money.ts";
import { invalidRequest, type Problem } from "../../platform/http/problem.ts";

/** Who is asking, about which account and transfer, under which command id and house rules. */
export type RequestContext = {
  readonly accountId: string;
  readonly commandId: string;
  /** The transfer named in the path; of a new one, the id it will have. */
  readonly transferId: string;
  readonly terms: TransferTerms;
  /** Of the transfer's two accounts, those that belong to the person who decides. */
  readonly ownAccounts: readonly string[];
};

export type RequestKind = {
  readonly schema: z.ZodType;
  /** The command for a body that fits the schema. */
  readonly toCommand: (body: unknown, context: RequestContext) => AccountCommand;
  /** Where the thing it is about can be read. */
  readonly resource: (context: RequestContext) => string;
  /** The person (e-mail) who decides by this request, if it is a decision. */
  readonly approver?: (body: unknown) => string;
};

/** Keeps schema and mapping of one kind of request together, typed by the schema. */
function requestKind<Body>(
  schema: z.ZodType<Body>,
  toCommand: (body: Body, context: RequestContext) => AccountCommand,
  resource = (context: RequestContext): string => `/api/accounts/${context.accountId}`,
): RequestKind {
  return { schema, resource, toCommand: (body, context) => toCommand(body as Body, context) };
}

/** A request by which a person decides about somebody's transfer. */
function decision<Body extends { readonly approver: string }>(
  schema: z.ZodType<Body>,
  toCommand: (body: Body, approver: Approver, context: RequestContext) => AccountCommand,
): RequestKind {
  const kind = requestKind(
    schema,
    (body, context) =>
      toCommand(body, { id: body.approver, accounts: context.ownAccounts }, context),
    ofTransfer,
  );
  return { ...kind, approver: (body) => (body as Body).approver };
}

function ofTransfer({ transferId }: RequestContext): string {
  return `/api/transfers/${transferId}`;
}

const accountIdForm = /^[0-9a-z]{16}$/;

export const transferIdSchema = z
  .string()
  .regex(/^[0-9a-z]{16}-[0-9a-z]{20}$/, "must be a transfer id.");

export const accountIdSchema = z.string().regex(accountIdForm, "must be an account id.");

const amountSchema = z.string("must be a decimal string.").transform((text, context) => {
  const amountE4 = parseAmount(text);
  const message =
    amountE4 === undefined
      ? "must be a decimal string with at most four places."
      : amountE4 === 0
        ? "must be greater than zero."
        : amountE4 > largestAmountE4
          ? "must be at most 1000000000.00."
          : undefined;
  if (message !== undefined) context.addIssue({ code: "custom", message });
  return amountE4 ?? 0;
});

const textSchema = (most: number): z.ZodType<string> =>
  z
    .string("must be a text.")
    .trim()
    .min(1, "must not be empty.")
    .max(most, `must have at most ${most} characters.`)
    .refine((text) => text.isWellFormed(), "must be Unicode: a surrogate has lost its pair.");

const emailSchema = z
  .email("must be an e-mail address.")
  .max(254, "must have at most 254 characters.");

/** An instant in the form in which instants are stored: queries compare it with them as text. */
export const instantSchema = z.iso
  .datetime({ offset: true, error: "must be an ISO 8601 instant." })
  .transform((text, context) => {
    const instant = formatInstant(instantMs(text));
    // Outside of these years it has another length, which does not sort.
    if (!/^\d{4}-/.test(instant))
      context.addIssue({ code: "custom", message: "must be in the years 0000 to 9999 of UTC." });
    return instant;
  });

export const requestKinds = {
  openAccount: requestKind(
    z.strictObject({
      name: textSchema(100),
      email: emailSchema,
      currency: z
        .string("must be a text.")
        .regex(/^[A-Z]{3}$/, "must be an ISO 4217 code such as EUR."),
    }),
    (data) => ({ type: "OpenAccount", data }),
  ),
  loadCredits: requestKind(z.strictObject({ amount: amountSchema }), ({ amount }) => ({
    type: "LoadCredits",
    data: { amountE4: amount },
  })),
  sendCredits: requestKind(
    z.strictObject({
      to: accountIdSchema,
      amount: amountSchema,
      note: textSchema(140).optional(),
      scheduledFor: instantSchema.optional(),
    }),
    ({ to, amount, note, scheduledFor }, { accountId, transferId, terms }) => {
      if (scheduledFor !== undefined && isTooFarAhead(scheduledFor, terms)) throw tooFarAhead();
      return {
        type: "SendCredits",
        data: {
          transferId,
          from: accountId,
          to,
          amountE4: amount,
          ...(note === undefined ? {} : { note }),
          ...(scheduledFor === undefined ? {} : { scheduledFor }),
          terms,
        },
      };
    },
    ofTransfer,
  ),
  cancelTransfer: requestKind(
    z.strictObject({}),
    (_, { transferId }) => ({ type: "CancelTransfer", data: { transferId } }),
    ofTransfer,
  ),
  approveTransfer: decision(
    z.strictObject({ approver: emailSchema, reason: textSchema(200).optional() }),
    ({ reason }, approver, { transferId }) => ({
      type: "ApproveTransfer",
      data: { transferId, approver, ...(reason === undefined ? {} : { reason }) },
    }),
  ),
  denyTransfer: decision(
    z.strictObject({ approver: emailSchema, reason: textSchema(200) }),
    ({ reason }, approver, { transferId }) => ({
      type: "DenyTransfer",
      data: { transferId, approver, reason },
    }),
  ),
  closeAccount: requestKind(z.strictObject({}), () => ({ type: "CloseAccount", data: {} })),
  freezeAccount: requestKind(z.strictObject({ reason: textSchema(200) }), (data) => ({
    type: "FreezeAccount",
    data,
  })),
  unfreezeAccount: requestKind(z.strictObject({ reason: textSchema(200) }), (data) => ({
    type: "UnfreezeAccount",
    data,
  })),
} as const satisfies Record<string, RequestKind>;

const furthestAheadDays = 366;

function isTooFarAhead(instant: string, { requestedAt }: TransferTerms): boolean {
  return instantMs(instant) - instantMs(requestedAt) > furthestAheadDays * 24 * 3_600_000;
}

function tooFarAhead(): Problem {
  const message = `must be at most ${furthestAheadDays} days ahead.`;
  return invalidRequest([{ path: "scheduledFor", message }]);
}
