/** What may be asked for by POST: the shape of each request, and the command that it becomes. */
import { z } from "zod";
import type { AccountCommand } from "../../domain/account/account.ts";
import { transferIdOf } from "../../domain/account/transfer-id.ts";
import { largestAmountE4, parseAmount } from "../../domain/kernel/money.ts";

/** Who is asking, about which account, under which command id. */
export type RequestContext = {
  readonly accountId: string;
  readonly commandId: string;
};

export type RequestKind = {
  readonly schema: z.ZodType;
  /** The command for a body that fits the schema. */
  readonly toCommand: (body: unknown, context: RequestContext) => AccountCommand;
  /** Where the thing it is about can be read. */
  readonly resource: (context: RequestContext) => string;
};

/** Keeps schema and mapping of one kind of request together, typed by the schema. */
function requestKind<Body>(
  schema: z.ZodType<Body>,
  toCommand: (body: Body, context: RequestContext) => AccountCommand,
  resource = (context: RequestContext): string => `/api/accounts/${context.accountId}`,
): RequestKind {
  return { schema, resource, toCommand: (body, context) => toCommand(body as Body, context) };
}

const accountIdForm = /^[0-9a-z]{16}$/;

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
    .max(most, `must have at most ${most} characters.`);

export const requestKinds = {
  openAccount: requestKind(
    z.strictObject({
      name: textSchema(100),
      email: z.email("must be an e-mail address.").max(254, "must have at most 254 characters."),
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
    z.strictObject({ to: accountIdSchema, amount: amountSchema, note: textSchema(140).optional() }),
    ({ to, amount, note }, { accountId, commandId }) => ({
      type: "SendCredits",
      data: {
        transferId: transferIdOf(accountId, commandId),
        from: accountId,
        to,
        amountE4: amount,
        ...(note === undefined ? {} : { note }),
      },
    }),
    ({ accountId, commandId }) => `/api/transfers/${transferIdOf(accountId, commandId)}`,
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
