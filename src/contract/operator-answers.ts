/** What only operators are answered. */
import { z } from "zod";
import type { Stage } from "../kernel/parking/letter.ts";
import { explained, namedAnswer } from "./components.ts";
import {
  amount,
  count,
  currency,
  instant,
  signedAmount,
  terms,
  traceparent,
  transferId,
} from "./values.ts";

const unreadable = z.exactOptional(
  explained(
    "How many more there are that cannot be read, because what is stored is damaged.",
    count(),
  ),
);

export const approvals = namedAnswer(
  "Approvals",
  "Everything that waits for approval, the oldest first.",
  z.object({
    items: z.array(
      namedAnswer(
        "WaitingTransfer",
        "A transfer that somebody has to decide about.",
        z.object({ ...terms, requestedAt: instant, expiresAt: instant, version: count() }),
      ),
    ),
    unreadable,
  }),
);

export const processes = namedAnswer(
  "Processes",
  "The transfers that a process leads, the oldest first.",
  z.object({
    items: z.array(
      namedAnswer(
        "LedTransfer",
        "Where a transfer stands, and how its process does.",
        z.object({
          transferId,
          stage: z.enum(["scheduled", "waiting", "approved", "started"]),
          since: instant,
          dueAt: z.exactOptional(instant),
          isOverdue: z.boolean(),
          runtimeStatus: z.enum(["absent", "running", "completed", "broken"]),
        }),
      ),
    ),
    unreadable,
  }),
);

const countAndAmount = namedAnswer(
  "CountAndAmount",
  "How many, and how much together.",
  z.object({ count: count(), amount }),
);

export const revenue = namedAnswer(
  "Revenue",
  "One entry for each day and currency in which something happened.",
  z.object({
    days: z.array(
      namedAnswer(
        "DayRevenue",
        "What one day brought in one currency.",
        z.object({
          day: z.iso.date(),
          currency,
          fees: amount,
          loads: countAndAmount,
          transfers: countAndAmount,
        }),
      ),
    ),
    unreadable,
  }),
);

export const systemTotals = namedAnswer(
  "SystemTotals",
  "`inFlight` = sent − received − refunded; `conserved`: available + inFlight + fees = loaded, inFlight ≥ 0, and every account can be read: one that cannot is in no sum.",
  z.object({
    accounts: count(),
    loaded: amount,
    fees: amount,
    available: amount,
    inFlight: signedAmount,
    conserved: z.boolean(),
    unreadable,
  }),
);

const stages = { handling: true, projecting: true, publishing: true } satisfies Record<Stage, true>;

const decision = namedAnswer(
  "Decision",
  "What an operator has decided about a parked message: carried out when its turn comes in a replay of the lane.",
  z.object({
    action: z.enum(["repair", "discard"]),
    reason: z.string(),
    by: explained("The subject of the operator's token.", z.string()),
    at: instant,
  }),
);

/** What is told of a letter wherever it is told of. */
const letter = {
  id: z.string(),
  reason: z.string(),
  attempts: explained("0: it only waits behind another.", count()),
  parkedAt: instant,
  traceparent: z.exactOptional(explained("Absent if the message tells none.", traceparent())),
  canRepair: z.boolean(),
  canDiscard: z.boolean(),
  decision: z.exactOptional(decision),
  earlierDecisions: z.array(decision),
};

const stage = z.enum(Object.keys(stages) as Stage[]);

export const deadLetters = namedAnswer(
  "DeadLetters",
  "What could not be handled, by lane: one stream at one stage. Those that have waited longest.",
  z.object({
    total: explained("How many wait in all lanes, whether they are listed or not.", count()),
    lanes: z.array(
      namedAnswer(
        "Lane",
        "What is parked of one stream at one stage, in order.",
        z.object({
          lane: z.string(),
          stage,
          stream: z.string(),
          parkedSince: instant,
          count: explained("How many wait in the lane.", count()),
          items: z.array(namedAnswer("DeadLetter", "A message that was parked.", z.object(letter))),
        }),
      ),
    ),
  }),
);

const anything = (): z.ZodType => z.looseObject({});

export const deadLetter = namedAnswer(
  "DeadLetterDetails",
  "A message that was parked, or what has become of it.",
  z.object({
    ...letter,
    lane: z.string(),
    stage,
    stream: z.string(),
    isWaiting: explained("Whether it still waits.", z.boolean()),
    source: z.exactOptional(
      explained(
        "Where it is stored. `partition` is absent if its partition key is no text.",
        z.object({
          container: z.enum(["commands", "events"]),
          partition: z.exactOptional(z.string()),
          id: z.string(),
        }),
      ),
    ),
    message: z.exactOptional(explained("As it is stored, whatever it is.", anything())),
    correction: z.exactOptional(explained("What it is to be repaired to.", anything())),
    records: z.array(
      namedAnswer(
        "RecoveryRecord",
        "What was decided about a message and carried out. Kept for ten years.",
        z.object({
          action: z.enum(["repair", "discard"]),
          reason: z.string(),
          by: z.string(),
          at: instant,
          effect: z.enum(["handled", "rejected", "voided", "removed", "dropped", "too_late"]),
          failure: explained("Why the message had been parked.", z.string()),
          correction: z.exactOptional(anything()),
        }),
      ),
    ),
  }),
);

export const replay = namedAnswer(
  "Replay",
  "What a replay brought about.",
  z.object({
    lanes: z.array(
      namedAnswer(
        "LaneReplay",
        "How many messages of a lane were handled, and how many are left.",
        z.object({
          lane: z.string(),
          replayed: count(),
          left: count(),
          reason: z.exactOptional(explained("Why something is left.", z.string())),
        }),
      ),
    ),
  }),
);
