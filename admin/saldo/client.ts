import type { z } from "zod";
import type { SaldoClient as ContractClient } from "../../contract/client.ts";
import type { Attempt } from "../decisions/decision.ts";
import type { Owner } from "../store/accounts.ts";
import type { Report } from "../transfers/transfer.ts";
import {
  accountShape,
  approvalsShape,
  commandShape,
  problemShape,
  reportFrom,
  reportsFrom,
  transferShape,
} from "./contract.ts";
import { notUnderstood, SaldoUnavailable, type Reply, type Requests } from "./requests.ts";

/** What Saldo says to a decision. */
export type Verdict =
  | { kind: "accepted"; at: string | undefined }
  /** A rule says no; the code is one of docs/http-api.md. */
  | { kind: "rejected"; code: string; detail: string }
  /** Not even a command: nothing was stored, or, by `idempotency_key_reused`, something else was. */
  | { kind: "refused"; code: string; detail: string };

/** Saldo as this app sees it. Everything throws SaldoUnavailable if it cannot be asked. */
export type SaldoClient = {
  /** All that waits for approval there. */
  approvals: () => Promise<Report[]>;
  transfer: (transferId: string) => Promise<Report | undefined>;
  owner: (accountId: string) => Promise<Owner | undefined>;
  /** Sent until it is answered, always under the attempt's key: it takes effect once at most. */
  decide: (attempt: Attempt, traceparent?: string) => Promise<Verdict>;
};

export const saldoClient = ({ saldo, once, patiently }: Requests): SaldoClient => ({
  approvals: async () => {
    const answer = await once(() => saldo.showApprovals());
    return reportsFrom(understood(approvalsShape, answer));
  },
  transfer: async (transferId) => {
    const answer = await once(() => saldo.showTransfer({ transferId }));
    if (answer.status === 404) return undefined;
    return reportFrom(understood(transferShape, expected(answer)));
  },
  owner: async (accountId) => {
    const answer = await once(() => saldo.showAccount({ accountId }));
    return answer.status === 404 ? undefined : understood(accountShape, expected(answer));
  },
  decide: async (attempt, traceparent) => {
    const ask = (): Promise<Decided> => decide(saldo, attempt, traceparent);
    // 202: it is stored but not visible yet; asking again under the same key waits for the same.
    return verdictOf(await patiently(ask, ({ status }) => status !== 202));
  },
});

type Decided = Awaited<ReturnType<ContractClient["approveTransfer" | "denyTransfer"]>>;

const decide = (
  saldo: ContractClient,
  attempt: Attempt,
  traceparent: string | undefined,
): Promise<Decided> => {
  const { key: idempotencyKey, transferId, approver, decision, reason } = attempt;
  const manner = { transferId, idempotencyKey, until: "visible", wait: 10, traceparent } as const;
  switch (decision) {
    case "approval": {
      const body = { approver, ...(reason === null ? {} : { reason }) };
      return saldo.approveTransfer({ ...manner, body });
    }
    case "denial":
      return saldo.denyTransfer({ ...manner, body: { approver, reason: reason ?? "" } });
  }
};

const verdictOf = (answer: Reply<Decided>): Verdict => {
  if (answer.status !== 200 && answer.status !== 202) {
    const { code, detail } = understood(problemShape, answer);
    return { kind: "refused", code, detail: detail ?? "Saldo does not accept this decision." };
  }
  const { status, rejection, handledAt } = understood(commandShape, answer);
  switch (status) {
    case "accepted":
      return { kind: "accepted", at: handledAt };
    case "rejected":
      return {
        kind: "rejected",
        code: rejection?.code ?? "unknown",
        detail: rejection?.detail ?? "Saldo rejected this decision without a reason.",
      };
    case "parked":
      throw new SaldoUnavailable(
        "Saldo has kept the decision but could not carry it out yet; its operators know.",
      );
    case "pending":
      throw new SaldoUnavailable("Saldo is still busy with it.");
  }
};

/** The answer that a question about something that is there has. */
const expected = <Any extends { status: number }>(answer: Any): Extract<Any, { status: 200 }> => {
  if (answer.status === 200) return answer as Extract<Any, { status: 200 }>;
  throw new SaldoUnavailable(notUnderstood(answer.status));
};

/** What the contract promises is what this app relies on, and that is looked at. */
const understood = <Shape extends z.ZodType>(
  shape: Shape,
  { status, body }: { status: number; body: z.input<Shape> },
): z.output<Shape> => {
  const read = shape.safeParse(body);
  if (read.success) return read.data;
  throw new SaldoUnavailable(notUnderstood(status));
};
