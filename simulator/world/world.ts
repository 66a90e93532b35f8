import type { Desk, Testimony } from "../approvers/desk.ts";
import type { Api } from "../client/api.ts";
import type { Random } from "../random.ts";
import type { Entry, SendCredits } from "./intentions.ts";
import type { ServiceClock } from "./service-clock.ts";
import type { Tally } from "./tally.ts";

/** What a scenario is given to play with. */
export type World = {
  api: Api;
  runId: string;
  /** What people want: the same for the same seed. */
  random: Random;
  /** Idempotency keys: the same for the same seed and run. */
  keys: Random;
  clients: number;
  accounts: number;
  /** How long a command may take from its answer to its end, while the service does answer. */
  settlingPatienceMs: number;
  /** A run repeated by its id meets what it has already done. */
  resumed: boolean;
  /** The most intentions of one client; Infinity sets no limit. */
  stepLimit: number;
  /** From this amount on a transfer needs approval. */
  approvalFromE4: bigint;
  /** Those who approve; undefined when nobody does. */
  desk: Desk | undefined;
  /** How far ahead people schedule transfers, at most. */
  aheadMs: number;
  serviceClock: ServiceClock;
  /** Lets a day pass; undefined when nobody can. */
  passADay: (() => Promise<void>) | undefined;
  tally: Tally;
  book: Book;
  /** The clock starts once the scenario has set up what it needs. */
  startClock: () => void;
  timeIsUp: () => boolean;
  /** Whether everything is to end soon, whatever the clock says. */
  interrupted: () => boolean;
  interrupt: () => void;
};

/** Every intention with its outcome, and whatever was seen to be wrong on the way. */
type Book = {
  entries: Entry[];
  /** What the approvers were told. */
  testimonies: Testimony[];
  findings: string[];
};

/** Whether a process leads the transfer, because it waits for a person or an instant. */
export const isManaged = (
  { approvalFromE4 }: World,
  { amountE4, scheduledFor }: Pick<SendCredits, "amountE4" | "scheduledFor">,
): boolean => amountE4 >= approvalFromE4 || scheduledFor !== undefined;

/**
 * Lets everybody work at once. When one fails, the world is interrupted, and the first failure
 * is thrown after all the others have come to an end.
 */
export const together = async (world: World, works: readonly Promise<void>[]): Promise<void> => {
  const failures: unknown[] = [];
  await Promise.all(
    works.map((work) =>
      work.catch((error: unknown) => {
        failures.push(error);
        world.interrupt();
      }),
    ),
  );
  if (failures.length > 0) throw failures[0];
};

/** Does the same for every number below `count`, as many at once as there are clients. */
export const forEachAtOnce = (
  world: World,
  count: number,
  work: (index: number) => Promise<void>,
): Promise<void> => {
  let next = 0;
  const takeTurns = async (): Promise<void> => {
    while (next < count && !world.interrupted()) await work(next++);
  };
  return together(world, Array.from({ length: Math.min(count, world.clients) }, takeTurns));
};
