/** One answer of each kind, as it could be. Each is tested against its schema. */
const ada = "4k2v9x0a7b1c3d5e";
const bob = "b7n1m3k5j7h9g2f4";
const transferId = `${ada}-9d8s7f6g5h4j3k2l1m0n`;
const at = "2026-01-31T12:00:00.000Z";
const traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

const balance = { available: "74.48", inFlight: "0.00", held: "0.00", confirmed: "74.48" };
const waiting = {
  transferId,
  from: ada,
  to: bob,
  amount: "2500.00",
  currency: "EUR",
  note: "rent",
};

/** Values of parameters. */
export const parameterExamples = {
  accountId: ada,
  transferId,
  stream: `account-${ada}`,
  commandId: "9d8s7f6g5h4j3k2l1m0n",
  instant: at,
  traceparent,
  idempotencyKey: "0b9f6d52-6f0e-4c7e-9a55-6a3f1f3f1c11",
};

export const requestExamples = {
  openAccount: { name: "Ada", email: "ada@example.com", currency: "EUR" },
  loadCredits: { amount: "100.00" },
  sendCredits: { to: bob, amount: "25.50", note: "pocket money" },
  cancelTransfer: {},
  closeAccount: {},
  freezeAccount: { reason: "The card was reported lost." },
  unfreezeAccount: { reason: "The card was found." },
  approveTransfer: { approver: "grace@bank.example", reason: "known to us" },
  denyTransfer: { approver: "grace@bank.example", reason: "not known to us" },
  replayDeadLetters: { lane: `handling:account-${ada}` },
  repairDeadLetter: {
    lane: `handling:account-${ada}`,
    message: {
      commandId: "9d8s7f6g5h4j3k2l1m0n",
      stream: `account-${ada}`,
      type: "LoadCredits",
      data: { amountE4: 1_000_000 },
      acceptedAt: at,
      actor: `account:${ada}`,
      correlationId: "9d8s7f6g5h4j3k2l1m0n",
      causationId: "9d8s7f6g5h4j3k2l1m0n",
      traceparent,
    },
    reason: "The amount was lost; the customer's receipt says 100.00.",
  },
  discardDeadLetter: {
    lane: `handling:account-${ada}`,
    reason: "Written by a test against the wrong database.",
  },
};

const parkedLetter = {
  id: "9d8s7f6g5h4j3k2l1m0n",
  reason: "Malformed: not a LoadCredits: data.amountE4: Invalid input: expected number",
  attempts: 1,
  parkedAt: at,
  traceparent,
  canRepair: true,
  canDiscard: true,
  earlierDecisions: [],
};

const command = {
  commandId: "9d8s7f6g5h4j3k2l1m0n",
  stream: `account-${ada}`,
  type: "SendCredits",
  resource: `/api/transfers/${transferId}`,
  acceptedAt: at,
};

export const answerExamples = {
  settledCommand: {
    ...command,
    status: "accepted",
    reached: "settled",
    handledAt: "2026-01-31T12:00:00.040Z",
  },
  rejectedCommand: {
    ...command,
    status: "rejected",
    reached: "settled",
    rejection: {
      code: "insufficient_funds",
      detail: "The available balance is too small.",
    },
    handledAt: "2026-01-31T12:00:00.040Z",
  },
  pendingCommand: { ...command, status: "pending", reached: "stored" },
  account: {
    accountId: ada,
    name: "Ada",
    email: "ada@example.com",
    currency: "EUR",
    status: "open",
    version: 4,
    balance,
    totals: {
      loaded: "100.00",
      fees: "0.02",
      sent: "25.50",
      received: "0.00",
      refunded: "0.00",
    },
    openedAt: at,
    updatedAt: at,
  },
  pastBalance: { accountId: ada, at, version: 4, currency: "EUR", balance },
  statementPage: {
    accountId: ada,
    currency: "EUR",
    items: [
      {
        movementId: `account-${ada}.2.0`,
        at,
        type: "load",
        amount: "100.00",
        balance: "99.98",
        fee: "0.02",
      },
      {
        movementId: `account-${ada}.3.0`,
        at: "2026-01-31T12:00:01.000Z",
        type: "transfer_out",
        amount: "-25.50",
        balance: "74.48",
        counterparty: bob,
        transferId,
        note: "pocket money",
      },
    ],
    next: "2026-01-31T12:00:02.000Z~0",
  },
  transfer: {
    ...waiting,
    status: "settled",
    expiresAt: "2026-02-01T12:00:00.000Z",
    history: [
      { at, what: "approval_requested", by: `account:${ada}` },
      {
        at: "2026-01-31T12:05:00.000Z",
        what: "approved",
        by: "approver",
        reason: "known to us",
      },
      { at: "2026-01-31T12:05:00.080Z", what: "settled", by: "process:transfer" },
    ],
  },
  notificationPage: {
    items: [
      {
        notificationId: "q2w3e4r5t6z7u8i9o0p1",
        at,
        type: "credits_received",
        text: "You have received 25.50 EUR.",
        transferId,
        amount: "25.50",
        currency: "EUR",
        counterparty: ada,
      },
    ],
    next: "1",
  },
  eventStream: `retry: 100\n\nid: 1\nevent: credits_received\ndata: {"notificationId":"…"}\n\n`,
  approvals: {
    items: [{ ...waiting, requestedAt: at, expiresAt: "2026-02-01T12:00:00.000Z", version: 3 }],
  },
  processes: {
    items: [
      {
        transferId,
        stage: "waiting",
        since: at,
        dueAt: "2026-02-01T12:00:00.000Z",
        isOverdue: false,
        runtimeStatus: "running",
      },
    ],
  },
  revenue: {
    days: [
      {
        day: "2026-01-31",
        currency: "EUR",
        fees: "0.02",
        loads: { count: 1, amount: "100.00" },
        transfers: { count: 1, amount: "25.50" },
      },
    ],
  },
  systemTotals: {
    accounts: 2,
    loaded: "100.00",
    fees: "0.02",
    available: "99.98",
    inFlight: "0.00",
    conserved: true,
  },
  deadLetters: {
    total: 1,
    lanes: [
      {
        lane: `handling:account-${ada}`,
        stage: "handling",
        stream: `account-${ada}`,
        parkedSince: at,
        count: 1,
        items: [parkedLetter],
      },
    ],
  },
  deadLetter: {
    ...{ lane: `handling:account-${ada}`, stage: "handling", stream: `account-${ada}` },
    ...parkedLetter,
    isWaiting: true,
    source: {
      container: "commands",
      partition: `account-${ada}`,
      id: "9d8s7f6g5h4j3k2l1m0n",
    },
    message: { id: "9d8s7f6g5h4j3k2l1m0n", type: "LoadCredits", data: {} },
    records: [],
  },
  accessMetadata: {
    resource: "https://saldo.example/api",
    authorization_servers: ["https://login.microsoftonline.com/{tenant}/v2.0"],
    scopes_supported: ["access"],
    bearer_methods_supported: ["header"],
  },
  replay: { lanes: [{ lane: `handling:account-${ada}`, replayed: 1, left: 0 }] },
};
