import type { Reached } from "../client/documents.ts";
import { submit, type Submitted } from "../client/submit.ts";
import { checkChanged, checkRepeated, checkTwins } from "./duplicates.ts";
import { changed, describe, requestOf, type Intention, type Outcome } from "./intentions.ts";
import { countOne } from "./tally.ts";
import { isManaged, type World } from "./world.ts";

/** One client: it wants one thing at a time. */
export type Actor = {
  /** Whether there is still time for another intention. */
  mayGoOn: () => boolean;
  /** Whether the last intention had been carried out by an earlier run with the same id. */
  meetsThePast: () => boolean;
  /**
   * Carries an intention through to its end, sends it again on purpose where it says so, and
   * notes every answer that is not right.
   *
   * @throws ServiceUnreachable, ContractBreach
   */
  perform: (intention: Intention) => Promise<Outcome>;
};

export const newActor = (world: World): Actor => {
  let steps = 0;
  let meetsThePast = world.resumed;
  return {
    mayGoOn: () => {
      if (world.interrupted() || steps >= world.stepLimit) return false;
      // A repeated run goes on until it has said again all that it said before, or else the audit
      // would find movements that it does not know.
      return !world.timeIsUp() || meetsThePast;
    },
    meetsThePast: () => meetsThePast,
    perform: async (intention) => {
      steps += 1;
      world.tally.intentions += 1;
      world.tally.inFlight += 1;
      try {
        const submitted = await submitWithDuplicates(world, intention);
        if (submitted.kind === "stored") {
          meetsThePast = world.resumed && submitted.hit;
          world.serviceClock.observe(submitted.document.acceptedAt);
        }
        const outcome = outcomeOf(submitted);
        world.book.entries.push({ intention, outcome });
        count(world, outcome);
        world.book.findings.push(...checkOutcome(world, intention, submitted));
        return outcome;
      } finally {
        world.tally.inFlight -= 1;
      }
    },
  };
};

const submitWithDuplicates = async (world: World, intention: Intention): Promise<Submitted> => {
  const { duplicate } = intention;
  const { findings } = world.book;
  const send = async (sent: Intention): Promise<Submitted> => {
    const submitted = await submit(world.api, requestOf(sent), world.settlingPatienceMs);
    if (submitted.kind === "stored" && submitted.hit) world.tally.idempotencyHits += 1;
    return submitted;
  };
  const first = timed(world, intention, send);
  if (duplicate === "none") return first;
  world.tally.duplicates += 1;
  if (duplicate === "at_once") {
    const [submitted, twin] = await Promise.all([first, send(intention)]);
    findings.push(...checkTwins(intention, submitted, twin));
    return submitted;
  }
  const submitted = await first;
  const again = await send(duplicate === "later" ? intention : changed(intention));
  const check = duplicate === "later" ? checkRepeated : checkChanged;
  findings.push(...check(intention, submitted, again));
  return submitted;
};

const timed = async (
  world: World,
  intention: Intention,
  send: (intention: Intention) => Promise<Submitted>,
): Promise<Submitted> => {
  // What waits for a person or an instant says nothing of the service's speed.
  if (intention.kind !== "send" || isManaged(world, intention)) return send(intention);
  const { tally } = world;
  const startedAtMs = performance.now();
  tally.firstTransferAtMs ??= startedAtMs;
  const submitted = await send(intention);
  if (submitted.kind === "stored" && submitted.document.status === "accepted" && submitted.ended) {
    tally.lastTransferAtMs = performance.now();
    tally.transferLatency.record(tally.lastTransferAtMs - startedAtMs);
  }
  return submitted;
};

const outcomeOf = (submitted: Submitted): Outcome => {
  if (submitted.kind === "refused") return submitted;
  const { document, ended } = submitted;
  const resourceId = document.resource.slice(document.resource.lastIndexOf("/") + 1);
  if (document.status === "accepted") return { kind: "accepted", resourceId, ended };
  if (document.status !== "rejected") return { kind: "pending" };
  const { rejectionCode: code = "", acceptedAt, handledAt = acceptedAt } = document;
  return { kind: "rejected", code, resourceId, acceptedAt, handledAt };
};

const count = ({ tally }: World, outcome: Outcome): void => {
  switch (outcome.kind) {
    case "accepted":
      tally.accepted += 1;
      break;
    case "rejected":
      countOne(tally.rejected, outcome.code);
      break;
    case "refused":
      countOne(tally.refused, outcome.code);
      break;
    case "pending":
      break;
  }
};

const POINTS: readonly Reached[] = ["stored", "handled", "visible", "settled"];

const checkOutcome = (world: World, intention: Intention, submitted: Submitted): string[] => {
  const what = describe(intention);
  const wanted = intention.expected.join(" or ");
  if (submitted.kind === "refused") {
    if (intention.expected.includes(submitted.code)) return [];
    return [`${what} was refused (${submitted.code}), but should have been ${wanted}.`];
  }
  const { document, ended } = submitted;
  const patience = `${world.settlingPatienceMs / 1000} s`;
  if (!ended) {
    return [`${what} is still "${document.status}" and "${document.reached}" after ${patience}.`];
  }
  const verdict = document.rejectionCode ?? document.status;
  if (!intention.expected.includes(verdict)) {
    return [`${what} was ${verdict}, but should have been ${wanted}.`];
  }
  const { until } = requestOf(intention);
  if (verdict === "accepted" && POINTS.indexOf(document.reached) < POINTS.indexOf(until)) {
    return [`${what} was answered with 200 before it was ${until}: it is "${document.reached}".`];
  }
  return [];
};
