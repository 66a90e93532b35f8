/** Occurrences of an NCRONTAB expression, in UTC. */
export type Schedule = {
  /** First occurrence after `afterMs`, milliseconds since the epoch; undefined when there is none. */
  next(afterMs: number): number | undefined;
};

type Field = {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  /** Names of the values from `min` on. */
  readonly names?: readonly string[];
};

const monthNames = "jan feb mar apr may jun jul aug sep oct nov dec".split(" ");
const dayNames = "sun mon tue wed thu fri sat".split(" ");

const fields = [
  { name: "second", min: 0, max: 59 },
  { name: "minute", min: 0, max: 59 },
  { name: "hour", min: 0, max: 23 },
  { name: "day", min: 1, max: 31 },
  { name: "month", min: 1, max: 12, names: monthNames },
  { name: "day of week", min: 0, max: 6, names: dayNames },
] as const satisfies readonly Field[];

const dayMs = 86_400_000;
/** The rarest date, 29 February on a given weekday, comes at least every 40 years. */
const searchLimitDays = 366 * 40;

/**
 * Parses `{second} {minute} {hour} {day} {month} {day-of-week}`, or five fields without seconds
 * (documentation: "Timer trigger for Azure Functions", NCRONTAB expressions). Day and day of week
 * must both match, as in the NCrontab library.
 * @throws Error for an expression that is not one
 */
export function parseSchedule(expression: string): Schedule {
  const texts = expression.trim().split(/\s+/);
  if (texts.length === 5) texts.unshift("0");
  if (texts.length !== fields.length) {
    throw new Error(`The schedule "${expression}" needs six fields, seconds first.`);
  }
  const [seconds, minutes, hours, days, months, weekdays] = fields.map((field, index) =>
    parseField(field, texts[index] ?? "*"),
  ) as [Allowed, Allowed, Allowed, Allowed, Allowed, Allowed];
  const times = { hours, minutes, seconds };

  const isDay = (date: Date): boolean =>
    months.has(date.getUTCMonth() + 1) &&
    days.has(date.getUTCDate()) &&
    weekdays.has(date.getUTCDay());

  return {
    next: (afterMs) => {
      const from = Math.floor(afterMs / 1000) * 1000 + 1000;
      const firstDay = Math.floor(from / dayMs) * dayMs;
      for (let day = 0; day < searchLimitDays; day += 1) {
        const midnight = firstDay + day * dayMs;
        if (!isDay(new Date(midnight))) continue;
        const second = firstSecond(times, Math.max(0, (from - midnight) / 1000));
        if (second !== undefined) return midnight + second * 1000;
      }
      return undefined;
    },
  };
}

type Allowed = ReadonlySet<number>;

type Times = { readonly hours: Allowed; readonly minutes: Allowed; readonly seconds: Allowed };

/** First allowed second of a day at or after `from`. */
function firstSecond({ hours, minutes, seconds }: Times, from: number): number | undefined {
  let second = from;
  while (second < 86_400) {
    const hour = Math.floor(second / 3600);
    const minute = Math.floor(second / 60) % 60;
    if (!hours.has(hour)) second = (hour + 1) * 3600;
    else if (!minutes.has(minute)) second = (Math.floor(second / 60) + 1) * 60;
    else if (!seconds.has(second % 60)) second += 1;
    else return second;
  }
  return undefined;
}

/** Comma-separated `*`, `a`, `a-b`, each with an optional step `/n`. */
function parseField(field: Field, text: string): Allowed {
  const allowed = new Set<number>();
  for (const part of text.split(",")) {
    const [, span = "", step = "1"] = /^([^/]+)(?:\/(\d+))?$/.exec(part) ?? [];
    const [low, high] = parseSpan(field, span, part.includes("/"));
    const stride = Number(step);
    if (stride < 1 || low > high) throw invalid(field, part);
    for (let value = low; value <= high; value += stride) allowed.add(value);
  }
  return allowed;
}

function parseSpan(field: Field, span: string, hasStep: boolean): readonly [number, number] {
  if (span === "*") return [field.min, field.max];
  const [low = "", high] = span.split("-");
  const start = parseValue(field, low);
  if (high !== undefined) return [start, parseValue(field, high)];
  return [start, hasStep ? field.max : start];
}

function parseValue(field: Field, text: string): number {
  const named = (field.names ?? []).indexOf(text.slice(0, 3).toLowerCase());
  const value = /^\d+$/.test(text) ? Number(text) : named === -1 ? Number.NaN : named + field.min;
  if (!(value >= field.min && value <= field.max)) throw invalid(field, text);
  return value;
}

function invalid({ name, min, max }: Field, text: string): Error {
  return new Error(`"${text}" is no ${name} of a schedule: ${min} to ${max} are.`);
}
