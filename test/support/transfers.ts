/** Transfers that wait for people and time, as their senders and the bank's approvers deal with them over HTTP. */
import assert from "node:assert/strict";
import { type Answer, type Client, type Json } from "./client.ts";
import { eventually } from "./eventually.ts";

export type Transfers = {
  /** Asks for a transfer, which must be accepted; answers its id. */
  request(from: string, to: string, amount: string, more?: Json): Promise<string>;
  approve(transferId: string, body?: Json, key?: string): Promise<Answer>;
  deny(transferId: string, body?: Json, key?: string): Promise<Answer>;
  /** By its sender. */
  cancel(transferId: string): Promise<Answer>;
  show(transferId: string): Promise<TransferShown>;
  /** Waits until the transfer has this status. */
  until(transferId: string, status: string): Promise<TransferShown>;
  /** What awaits approval, as operators see it. */
  approvals(): Promise<readonly Json[]>;
  /** What processes lead, as operators see it. */
  processes(): Promise<readonly Json[]>;
  /** Waits until each of them has its process. */
  untilAllLed(): Promise<void>;
  /** Waits until no transfer of anybody is led by a process any more. */
  untilAllEnded(): Promise<void>;
};

export type TransferShown = Json & {
  readonly transferId: string;
  readonly status: string;
  readonly history: readonly (Json & { readonly what: string; readonly at: string })[];
};

export const grace = "grace@bank.example";

export function transfersOf(client: Client): Transfers {
  const decide = (verdict: string, transferId: string, body: Json, key?: string): Promise<Answer> =>
    client.post(`/operator/transfers/${transferId}/${verdict}`, body, {
      ...(key === undefined ? {} : { key }),
    });
  const show = async (transferId: string): Promise<TransferShown> => {
    const { status, body } = await client.get(`/transfers/${transferId}`);
    assert.equal(status, 200, JSON.stringify(body));
    return body as TransferShown;
  };
  const items = async (path: string): Promise<readonly Json[]> => {
    const { status, body } = await client.get(path);
    assert.equal(status, 200, JSON.stringify(body));
    return body["items"] as Json[];
  };
  const processes = (): Promise<readonly Json[]> => items("/operator/processes");
  return {
    request: async (from, to, amount, more = {}) => {
      const sent = await client.post(`/accounts/${from}/transfers`, { to, amount, ...more });
      assert.equal(sent.body["status"], "accepted", JSON.stringify(sent.body));
      return String(sent.body["resource"]).replace("/api/transfers/", "");
    },
    approve: (transferId, body = { approver: grace }, key) =>
      decide("approval", transferId, body, key),
    deny: (transferId, body = { approver: grace, reason: "not known to us" }, key) =>
      decide("denial", transferId, body, key),
    cancel: (transferId) => {
      const [from = ""] = transferId.split("-");
      return client.post(`/accounts/${from}/transfers/${transferId}/cancellation`, {});
    },
    show,
    until: (transferId, status) =>
      eventually(`transfer ${transferId} is ${status}`, async () => {
        const transfer = await show(transferId);
        return transfer.status === status && transfer;
      }),
    approvals: () => items("/operator/approvals"),
    processes,
    untilAllLed: async () => {
      await eventually("each transfer has its process", async () =>
        (await processes()).every(({ runtimeStatus }) => runtimeStatus === "running"),
      );
    },
    untilAllEnded: async () => {
      await eventually("all transfers have ended", async () => (await processes()).length === 0);
    },
  };
}

/** What happened to a transfer, in order. */
export function happenings({ history }: TransferShown): readonly string[] {
  return history.map(({ what }) => what);
}

/** The code of a command that a rule refused; `undefined` of one that was accepted. */
export function refusalOf({ status, body }: Answer): unknown {
  assert.equal(status, 200, JSON.stringify(body));
  return (body["rejection"] as Json | undefined)?.["code"];
}

/** Nothing is made or lost, and this much is on its way. */
export async function assertConserved(client: Client, inFlight = "0.00"): Promise<void> {
  const { body } = await client.get("/operator/totals");
  assert.equal(body["conserved"], true, JSON.stringify(body));
  assert.equal(body["inFlight"], inFlight, JSON.stringify(body));
}
