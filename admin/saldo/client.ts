import { createHash } from "node:crypto";
import type { z } from "zod";
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
import { SaldoUnavailable, type Answer, type Requests } from "./requests.ts";

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
  /** Sent until it is answered, always under the same key: it takes effect once at most. */
  decide: (attempt: Attempt) => Promise<Verdict>;
};

export const saldoClient = ({ once, patiently }: Requests): SaldoClient => ({
  approvals: async () => {
    const answer = await once({ path: "/api/operator/approvals" });
    return reportsFrom(understood(approvalsShape, answer));
  },
  transfer: async (transferId) => {
    const answer = await once({ path: `/api/transfers/${encodeURIComponent(transferId)}` });
    return answer.status === 404 ? undefined : reportFrom(understood(transferShape, answer));
  },
  owner: async (accountId) => {
    const answer = await once({ path: `/api/accounts/${encodeURIComponent(accountId)}` });
    return answer.status === 404 ? undefined : understood(accountShape, answer);
  },
  decide: async (attempt) => {
    const { transferId, approver, decision, reason } = attempt;
    const id = encodeURIComponent(transferId);
    const request = {
      path: `/api/operator/transfers/${id}/${decision}?until=visible`,
      method: "POST",
      headers: { "idempotency-key": keyOf(attempt), prefer: "wait=10" },
      body: { approver, ...(reason === null ? {} : { reason }) },
    } as const;
    // 202: it is stored but not visible yet; asking again under the same key waits for the same.
    return verdictOf(await patiently(request, ({ status }) => status !== 202));
  },
});

/** One key for one person's decision about one transfer, however often and whenever it is sent. */
const keyOf = ({ transferId, approver, decision }: Attempt): string =>
  createHash("sha256")
    .update(JSON.stringify([transferId, approver, decision]))
    .digest("base64url");

const verdictOf = (answer: Answer): Verdict => {
  if (answer.status !== 200) {
    const { code, detail } = understood(problemShape, answer, answer.status);
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

const understood = <Shape extends z.ZodType>(
  shape: Shape,
  { status, body }: Answer,
  expected = 200,
): z.infer<Shape> => {
  const read = shape.safeParse(body);
  if (status === expected && read.success) return read.data;
  throw new SaldoUnavailable(`Saldo's answer is not understood (status ${status}).`);
};
