import type { FaultControl, FaultRule } from "../cosmos/faults.ts";
import type { DurableFaultControl, DurableFaultRule } from "../durable/faults.ts";
import type { EventGrid, WeatherRule } from "../event-grid/index.ts";
import { type AdjustableClock, mostAheadMs } from "../shared/clock.ts";
import { type JsonObject, wholeNumberAt } from "../shared/json.ts";
import type { Meter } from "./usage.ts";

/** What the door opens. */
export type Controlled = {
  readonly clock: AdjustableClock;
  readonly faults: FaultControl;
  /** Without it, there is no /durable/faults. */
  readonly durableFaults?: DurableFaultControl | undefined;
  readonly meter: Meter;
  /** Without it, the door knows no /event-grid. */
  readonly eventGrid?: Pick<EventGrid, "rules" | "subscriptions"> | undefined;
};

export type Answer = { readonly status: number; readonly body: object };

export type Route = {
  /** Method and path, e.g. `DELETE /faults/{id}`. */
  readonly on: string;
  /** @throws TypeError that says what is wrong with what was asked */
  act(asked: { readonly body: JsonObject; readonly id: string }): Answer | Promise<Answer>;
};

export function routesTo({
  clock,
  faults,
  durableFaults,
  meter,
  eventGrid,
}: Controlled): readonly Route[] {
  return [
    { on: "GET /usage", act: () => ok(meter.read()) },
    {
      on: "POST /usage/reset",
      act: () => {
        meter.reset();
        return ok({});
      },
    },
    ...routesToClock(clock),
    ...routesToRules<FaultRule>("/faults", "faults", faults),
    ...(durableFaults === undefined
      ? []
      : routesToRules<DurableFaultRule>("/durable/faults", "faults", durableFaults)),
    ...(eventGrid === undefined ? [] : routesToEventGrid(eventGrid)),
    {
      on: "POST /kill",
      act: () => {
        process.kill(process.pid, "SIGKILL");
        return ok({});
      },
    },
  ];
}

function routesToClock(clock: AdjustableClock): readonly Route[] {
  const time = (): Answer =>
    ok({ now: new Date(clock.now()).toISOString(), aheadMs: clock.aheadMs() });
  return [
    { on: "GET /clock", act: time },
    {
      on: "GET /clock/beyond/{id}",
      act: async ({ id }) => {
        await untilBeyond(clock, aheadIn(id));
        return time();
      },
    },
    {
      on: "POST /clock/advance",
      act: ({ body }) => {
        clock.advance(wholeNumberAt(body, "ms", { least: 0, most: mostAheadMs }));
        return time();
      },
    },
  ];
}

/** How long a request may be held; of the machine's time. */
const longestHoldMs = 20_000;

/** Until the clock was advanced by more than that, or for as long as a request may be held. */
function untilBeyond(clock: AdjustableClock, aheadMs: number): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      stopListening();
      resolve();
    };
    const endIfBeyond = (): void => {
      if (clock.aheadMs() > aheadMs) end();
    };
    const timer = setTimeout(end, longestHoldMs).unref();
    const stopListening = clock.onAdvance(endIfBeyond);
    endIfBeyond();
  });
}

function routesToEventGrid({
  rules,
  subscriptions,
}: NonNullable<Controlled["eventGrid"]>): readonly Route[] {
  return [
    ...routesToRules<WeatherRule>("/event-grid/rules", "rules", rules),
    {
      on: "GET /event-grid/subscriptions",
      act: () =>
        ok({
          // Without the definitions: endpoints and storage are named with their keys.
          subscriptions: subscriptions
            .list()
            .map(({ topic, name, state, counts }) => ({ topic, name, state, counts })),
        }),
    },
  ];
}

/** Rules that a service keeps: faults of Cosmos, weather of Event Grid. */
type Rules<Rule> = {
  set(rule: Rule): string;
  list(): readonly (Rule & { readonly id: string })[];
  clear(id?: string): void;
};

/** @param listName under which the answers list what is in force */
function routesToRules<Rule>(path: string, listName: string, rules: Rules<Rule>): readonly Route[] {
  const list = (): Answer => ok({ [listName]: rules.list() });
  return [
    { on: `GET ${path}`, act: list },
    // The service checks what it is given.
    { on: `POST ${path}`, act: ({ body }) => created({ id: rules.set(body as Rule) }) },
    {
      on: `DELETE ${path}`,
      act: () => {
        rules.clear();
        return list();
      },
    },
    {
      on: `DELETE ${path}/{id}`,
      act: ({ id }) => {
        if (!rules.list().some((rule) => rule.id === id)) {
          return { status: 404, body: { message: `There is no rule "${id}" in ${path}.` } };
        }
        rules.clear(id);
        return list();
      },
    },
  ];
}

function aheadIn(id: string): number {
  const aheadMs = /^\d{1,16}$/.test(id) ? Number(id) : Number.NaN;
  if (aheadMs <= mostAheadMs) return aheadMs;
  throw new TypeError(
    `What the clock is to be beyond is a whole number of ms, up to ${mostAheadMs}.`,
  );
}

function ok(body: object): Answer {
  return { status: 200, body };
}

function created(body: object): Answer {
  return { status: 201, body };
}
