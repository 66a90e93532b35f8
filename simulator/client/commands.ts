import type { LoadCredits, OpenAccount, SaldoClient, SendCredits } from "../../contract/client.ts";

/** What a customer asks for: one of the operations of the contract that store a command. */
export type Asked =
  | { operation: "openAccount"; body: OpenAccount }
  | { operation: "loadCredits"; accountId: string; body: LoadCredits }
  | { operation: "sendCredits"; accountId: string; body: SendCredits }
  | { operation: "cancelTransfer"; accountId: string; transferId: string }
  | { operation: "closeAccount"; accountId: string };

/** What all of them can be told besides. */
type Manner = Pick<
  Parameters<SaldoClient["openAccount"]>[0],
  "idempotencyKey" | "traceparent" | "until" | "wait"
>;

type Answered = ReturnType<SaldoClient["openAccount"] | SaldoClient["cancelTransfer"]>;

export const ask = (saldo: SaldoClient, asked: Asked, manner: Manner): Answered => {
  switch (asked.operation) {
    case "openAccount":
      return saldo.openAccount({ ...manner, body: asked.body });
    case "loadCredits":
      return saldo.loadCredits({ ...manner, accountId: asked.accountId, body: asked.body });
    case "sendCredits":
      return saldo.sendCredits({ ...manner, accountId: asked.accountId, body: asked.body });
    case "cancelTransfer": {
      const { accountId, transferId } = asked;
      return saldo.cancelTransfer({ ...manner, accountId, transferId, body: {} });
    }
    case "closeAccount":
      return saldo.closeAccount({ ...manner, accountId: asked.accountId, body: {} });
  }
};
