import { SqlError } from "../sql-error.ts";
import type { Value } from "../values.ts";
import { type BuiltIn, isInteger, isNumber, isText } from "./built-in.ts";

/** Time is counted in ticks of 100 ns since 1970, which a number does not hold exactly. */
const ticksPerMs = 10_000n;

/** "Date and time functions". A date-time reads like 2026-11-21T08:30:00.0000000Z. */
export const dateFunctions: Readonly<Record<string, BuiltIn>> = {
  DATETIMEADD: { arity: [3, 3], apply: dateTimeAdd },
  DATETIMEDIFF: { arity: [3, 3], apply: dateTimeDiff },
  DATETIMEPART: { arity: [2, 2], apply: dateTimePart },
  DATETIMETOTICKS: { arity: [1, 1], apply: (date) => countOf(parseTicks(date), 1n) },
  DATETIMETOTIMESTAMP: { arity: [1, 1], apply: (date) => countOf(parseTicks(date), ticksPerMs) },
  TICKSTODATETIME: {
    arity: [1, 1],
    apply: (ticks) => (isInteger(ticks) ? formatTicks(BigInt(ticks)) : undefined),
  },
  TIMESTAMPTODATETIME: {
    arity: [1, 1],
    apply: (ms) => (isInteger(ms) ? formatTicks(BigInt(ms) * ticksPerMs) : undefined),
  },
  ...current("GETCURRENTDATETIME", (nowMs) => formatTicks(BigInt(nowMs) * ticksPerMs)),
  ...current("GETCURRENTTICKS", (nowMs) => nowMs * Number(ticksPerMs)),
  ...current("GETCURRENTTIMESTAMP", (nowMs) => nowMs),
};

/** The time now; here the static form is no different, as a query has but one time. */
function current(name: string, format: (nowMs: number) => Value): Record<string, BuiltIn> {
  const builtIn: BuiltIn = {
    arity: [0, 0],
    needsNow: true,
    apply: (now) => (isNumber(now) ? format(Math.trunc(now)) : undefined),
  };
  return { [name]: builtIn, [`${name}STATIC`]: builtIn };
}

type Part = "year" | "month" | "day" | keyof typeof ticksPerPart;

const ticksPerPart = {
  hour: 3_600_000n * ticksPerMs,
  minute: 60_000n * ticksPerMs,
  second: 1000n * ticksPerMs,
  millisecond: ticksPerMs,
  microsecond: 10n,
};
const ticksPerDay = 24n * ticksPerPart.hour;

const partNames = new Map<string, Part>(
  (
    [
      ["year", "yyyy", "yy"],
      ["month", "mm", "m"],
      ["day", "dd", "d"],
      ["hour", "hh"],
      ["minute", "mi", "n"],
      ["second", "ss", "s"],
      ["millisecond", "ms"],
      ["microsecond", "mcs"],
    ] as const
  ).flatMap((names) => names.map((name) => [name, names[0]])),
);

function partNamed(name: Value): Part | undefined {
  if (!isText(name)) return undefined;
  if (["nanosecond", "ns"].includes(name.toLowerCase())) {
    throw new SqlError(`Date and time functions do not support the part ${name} here.`);
  }
  return partNames.get(name.toLowerCase());
}

const datePattern = /^(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d:\d\d)(?:\.(\d{1,7}))?Z?)?$/;

function parseTicks(text: Value): bigint | undefined {
  const match = isText(text) ? datePattern.exec(text) : null;
  const [, day = "", time = "00:00:00", fraction = ""] = match ?? [];
  const date = new Date(`${day}T${time}Z`);
  // The 30th of February parses, but as another day.
  if (Number.isNaN(date.getTime()) || !date.toISOString().startsWith(day)) return undefined;
  return BigInt(date.getTime()) * ticksPerMs + BigInt(fraction.padEnd(7, "0"));
}

function formatTicks(ticks: bigint): Value {
  const fraction = modulo(ticks, ticksPerPart.second);
  const date = new Date(Number((ticks - fraction) / ticksPerMs));
  if (Number.isNaN(date.getTime()) || date.getUTCFullYear() > 9999) return undefined;
  return `${date.toISOString().slice(0, 19)}.${String(fraction).padStart(7, "0")}Z`;
}

const modulo = (value: bigint, by: bigint): bigint => ((value % by) + by) % by;
/** How many whole units of `per` ticks. */
const wholeCount = (ticks: bigint, per: bigint): number =>
  Number((ticks - modulo(ticks, per)) / per);
const countOf = (ticks: bigint | undefined, per: bigint): Value =>
  ticks === undefined ? undefined : wholeCount(ticks, per);

function dateTimeAdd(partName: Value, amount: Value, text: Value): Value {
  const [part, ticks] = [partNamed(partName), parseTicks(text)];
  if (part === undefined || ticks === undefined || !isInteger(amount)) return undefined;
  if (part === "day") return formatTicks(ticks + BigInt(amount) * ticksPerDay);
  if (part !== "year" && part !== "month") {
    return formatTicks(ticks + BigInt(amount) * ticksPerPart[part]);
  }
  const sinceMidnight = modulo(ticks, ticksPerDay);
  const date = new Date(Number((ticks - sinceMidnight) / ticksPerMs));
  const day = date.getUTCDate();
  date.setUTCDate(1);
  date.setUTCMonth(date.getUTCMonth() + (part === "year" ? amount * 12 : amount));
  const lastDay = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  date.setUTCDate(Math.min(day, lastDay));
  if (Number.isNaN(date.getTime())) return undefined;
  return formatTicks(BigInt(date.getTime()) * ticksPerMs + sinceMidnight);
}

/** How many boundaries of the part lie between the two. */
function dateTimeDiff(partName: Value, start: Value, end: Value): Value {
  const [part, from, to] = [partNamed(partName), parseTicks(start), parseTicks(end)];
  if (part === undefined || from === undefined || to === undefined) return undefined;
  return partsSinceEpoch(part, to) - partsSinceEpoch(part, from);
}

function partsSinceEpoch(part: Part, ticks: bigint): number {
  const date = new Date(wholeCount(ticks, ticksPerMs));
  if (part === "year") return date.getUTCFullYear();
  if (part === "month") return date.getUTCFullYear() * 12 + date.getUTCMonth();
  return wholeCount(ticks, part === "day" ? ticksPerDay : ticksPerPart[part]);
}

function dateTimePart(partName: Value, text: Value): Value {
  const [part, ticks] = [partNamed(partName), parseTicks(text)];
  if (part === undefined || ticks === undefined) return undefined;
  const fraction = modulo(ticks, ticksPerPart.second);
  const date = new Date(Number((ticks - fraction) / ticksPerMs));
  switch (part) {
    case "year":
      return date.getUTCFullYear();
    case "month":
      return date.getUTCMonth() + 1;
    case "day":
      return date.getUTCDate();
    case "hour":
      return date.getUTCHours();
    case "minute":
      return date.getUTCMinutes();
    case "second":
      return date.getUTCSeconds();
    case "millisecond":
      return Number(fraction / ticksPerMs);
    case "microsecond":
      return Number(fraction / ticksPerPart.microsecond);
  }
}
