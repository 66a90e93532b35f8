/** The picture's parts, in the order a message meets them, each with its figures and with what is wrong with it. */
import { valueOr } from "../azure/source.ts";
import type { Weather } from "../azure/control-door.ts";
import type { Subscription } from "../azure/event-grid.ts";
import { countText, durationText, plural, rateText } from "../pages/texts.ts";
import type { FeedState } from "./feed-gauge.ts";
import type { Observations } from "./observations.ts";

type Health = "calm" | "slow" | "wrong";

export type Station = {
  readonly id: string;
  readonly title: string;
  readonly kind: "work" | "store" | "topic";
  readonly figures: readonly (readonly [label: string, value: string])[];
  readonly health: Health;
  /** A few words when it is not calm. */
  readonly why: string | undefined;
  /** Something before it is wrong: told there. */
  readonly isConsequence?: boolean;
  /** What it does, where the figures do not tell. */
  readonly note?: string;
  readonly history: readonly number[] | undefined;
  readonly href: string | undefined;
};

type Judgement = Pick<Station, "health" | "why" | "isConsequence">;

export const stationsOf = (seen: Observations): readonly Station[] => [
  doors(seen),
  store("commands", seen.commands, seen),
  handle(seen),
  store("events", seen.events, seen),
  ...primaryHandler(seen),
  topic(seen),
  ...valueOr(seen.subscriptions, []).map((subscription) => subscriber(subscription, seen)),
];

const unknownWeather: Weather = { faults: [], eventRules: [], now: "", aheadMs: 0 };

const calm: Judgement = { health: "calm", why: undefined };
const wrong = (why: string): Judgement => ({ health: "wrong", why });
const slow = (why: string): Judgement => ({ health: "slow", why });
const starved = (why: string): Judgement => ({ ...wrong(why), isConsequence: true });

const worst = (...judgements: readonly Judgement[]): Judgement =>
  judgements.find(({ health }) => health === "wrong") ??
  judgements.find(({ health }) => health === "slow") ??
  calm;

const doors = (seen: Observations): Station => {
  return {
    id: "doors",
    title: "doors",
    kind: "work",
    figures: [
      ["writes", rateText(seen.writes.perSecond ?? 0)],
      ["in all", countText(seen.writes.count)],
    ],
    ...byFault(seen, "commands", ["create", "batch"], "commands"),
    history: undefined,
    href: undefined,
  };
};

const store = (
  id: "commands" | "events",
  { behind, lagMs, perSecond, history, broken }: Observations["commands"],
  seen: Observations,
): Station => ({
  id,
  title: `[${id}]`,
  kind: "store",
  figures: [
    [
      id === "events" ? "commits" : "stored",
      broken === undefined ? rateText(perSecond) : "unknown",
    ],
    ["behind", behindText(behind, broken !== undefined)],
    ["lag", behind === 0 ? "none" : durationText(lagMs)],
  ],
  ...worst(
    broken === undefined ? calm : wrong(`No feed for ${durationText(broken.forMs)}`),
    byLag(lagMs),
    byOwners(seen[id]),
  ),
  history,
  href: `/data/${id}`,
});

const behindText = (behind: number | undefined, isBroken: boolean): string => {
  if (behind === undefined) return "unknown";
  return isBroken ? `≥ ${countText(behind)}` : countText(behind);
};

const slowAfterMs = 2_500;
const wrongAfterMs = 10_000;

const byLag = (lagMs: number): Judgement => {
  if (lagMs >= wrongAfterMs) return wrong(`Not handled for ${durationText(lagMs)}`);
  return lagMs >= slowAfterMs ? slow(`Waits for ${durationText(lagMs)}`) : calm;
};

const byOwners = ({ owners, ranges }: FeedState): Judgement => {
  if (ranges === 0) return slow("Nobody has leased this feed yet");
  return owners.length === 0 ? wrong("No host holds a lease") : calm;
};

const handle = (seen: Observations): Station => {
  const { outcomes, commands } = seen;
  const { acceptedPerSecond, rejectedPerSecond, meanTogether, medianMs, slowMs } = outcomes;
  return {
    id: "handle",
    title: "handle",
    kind: "work",
    figures: [
      ["accepted", rateText(acceptedPerSecond)],
      ["rejected", rateText(rejectedPerSecond)],
      ["together", meanTogether === undefined ? "–" : meanTogether.toFixed(1)],
      ["took", spreadText(medianMs, slowMs)],
    ],
    ...worst(
      byLanes(seen, "handling"),
      byFault(seen, "events", ["create", "batch", "query"], "commits"),
      commands.broken === undefined ? calm : starved("Gets no commands"),
    ),
    history: outcomes.history,
    href: parked(seen, "handling") > 0 ? "/dead-letters" : undefined,
  };
};

const spreadText = (medianMs: number | undefined, slowMs: number | undefined): string =>
  medianMs === undefined || slowMs === undefined
    ? "–"
    : `${durationText(medianMs)}, ${durationText(slowMs)}`;

const primaryHandler = (seen: Observations): readonly Station[] => {
  const common = { kind: "work", history: undefined } as const;
  const isFed = seen.events.broken === undefined ? calm : starved("Gets no events");
  const linked = (stage: string) => (parked(seen, stage) > 0 ? "/dead-letters" : undefined);
  return [
    {
      ...common,
      id: "project",
      title: "1 project",
      figures: [["parked", countText(parked(seen, "projecting"))]],
      note: "accounts, transfers",
      ...worst(
        byLanes(seen, "projecting"),
        isFed,
        byFault(seen, "accounts", ["create", "replace", "upsert", "read"], "views"),
        byFault(seen, "transfers", ["create", "replace", "upsert", "read"], "views"),
      ),
      href: linked("projecting"),
    },
    {
      ...common,
      id: "react",
      title: "2 react",
      figures: [["commands", rateText(seen.outcomes.reactionsPerSecond)]],
      note: "credit, settle, refund",
      ...isFed,
      href: undefined,
    },
    {
      ...common,
      id: "publish",
      title: "3 publish",
      figures: [["held back", countText(parked(seen, "publishing"))]],
      note: "integration events",
      ...worst(byLanes(seen, "publishing"), isFed),
      href: linked("publishing"),
    },
  ];
};

const topic = (seen: Observations): Station => {
  const { subscriptions, weather, deliveriesPerSecond } = seen;
  const rules = valueOr(weather, unknownWeather).eventRules;
  const all = [...deliveriesPerSecond.values()].reduce((sum, each) => sum + each, 0);
  const waiting = valueOr(subscriptions, []).reduce((sum, { counts }) => sum + counts.waiting, 0);
  return {
    id: "topic",
    title: "Event Grid",
    kind: "topic",
    figures: [
      ["deliveries", rateText(all)],
      ["waiting", countText(waiting)],
    ],
    ...worst(
      subscriptions.isRead ? calm : wrong("Does not answer"),
      rules.length > 0 ? slow(`${plural(rules.length, "rule")} in force`) : calm,
    ),
    history: undefined,
    href: "/data/event-grid",
  };
};

const subscriber = ({ topic, name, state, counts }: Subscription, seen: Observations): Station => {
  const { waiting, failedAttempts, deadLettered, dropped, waitingDeadLetters } = counts;
  const overdue = valueOr(seen.processes, []).filter(({ isOverdue }) => isOverdue).length;
  const isProcess = name === "lead-transfer";
  const lost = deadLettered + dropped + waitingDeadLetters;
  return {
    id: `subscription ${name}`,
    title: isProcess ? "process" : name,
    kind: "work",
    figures: [
      ["delivered", countText(counts.delivered)],
      ["waiting", countText(waiting)],
      isProcess
        ? ["led", countText(valueOr(seen.processes, []).length)]
        : ["failed attempts", countText(failedAttempts)],
    ],
    ...worst(
      isProcess && overdue > 0 ? wrong(`${plural(overdue, "process", "processes")} overdue`) : calm,
      state === "Succeeded" ? calm : wrong(`The subscription is ${state}`),
      lost > 0 ? wrong(`${plural(lost, "event")} never arrived`) : calm,
      waiting > 0 && failedAttempts > 0 ? slow(`${plural(waiting, "event")} to be retried`) : calm,
    ),
    history: undefined,
    href: isProcess
      ? "/processes"
      : `/data/event-grid/${encodeURIComponent(topic)}/${encodeURIComponent(name)}`,
  };
};

const parked = ({ lanes }: Observations, stage: string): number =>
  valueOr(lanes, [])
    .filter((lane) => lane.stage === stage)
    .reduce((sum, { letters }) => sum + letters.length, 0);

const byLanes = (seen: Observations, stage: string): Judgement => {
  const count = parked(seen, stage);
  if (count === 0) return calm;
  return wrong(`${plural(count, "message")} ${stage === "publishing" ? "held back" : "parked"}`);
};

/** Whether a fault of the weather hits what this stage does. */
const byFault = (
  { weather }: Observations,
  container: string,
  operations: readonly string[],
  what: string,
): Judgement => {
  const { faults } = valueOr(weather, unknownWeather);
  const isHit = faults.some(({ match = {} }) => {
    const { operation, container: matched } = match;
    const isHere = matched === undefined || matched === container;
    return isHere && (operation === undefined || operations.some((each) => each === operation));
  });
  return isHit ? slow(`A fault hits its ${what}`) : calm;
};
