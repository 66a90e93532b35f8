/** Something that happened to a transfer, at this position of the sender's stream. */
type Entry = {
  at: string;
  what: string;
  by: string;
  reason?: string;
  sequence: number;
};

export type FakeTransfer = {
  transferId: string;
  from: string;
  to: string;
  amount: string;
  currency: string;
  note?: string;
  expiresAt: string;
  history: Entry[];
};

/** An integration event as docs/events.md describes it. */
export type CloudEvent = {
  specversion: "1.0";
  id: string;
  source: string;
  type: string;
  subject: string;
  time: string;
  datacontenttype: "application/json";
  sequence: string;
  actor: string;
  data: Record<string, unknown> & { transferId: string };
};

export const cloudEvent = (transfer: FakeTransfer, entry: Entry): CloudEvent => {
  const { history, expiresAt, ...terms } = transfer;
  const stream = `account-${transfer.from}`;
  const approver = /^approver:(.*)$/.exec(entry.by)?.[1];
  return {
    specversion: "1.0",
    id: `${stream}/${entry.sequence}`,
    source: `/saldo/${stream}`,
    type: `saldo.transfer.${entry.what}.v1`,
    subject: `transfers/${transfer.transferId}`,
    time: entry.at,
    datacontenttype: "application/json",
    sequence: String(entry.sequence).padStart(10, "0"),
    actor: entry.by,
    data: {
      ...terms,
      isManaged: true,
      ...(entry.what === "approval_requested" ? { expiresAt } : {}),
      ...(approver === undefined ? {} : { approver }),
      ...(entry.reason === undefined ? {} : { reason: entry.reason }),
    },
  };
};
