/**
 * What the real host does to JSON on its way to a Cosmos DB or Event Grid trigger: Newtonsoft.Json 13 reads it
 * with `DateParseHandling.DateTime`, so that a string that looks like a date and time becomes one, and is written
 * anew in another form (source: JamesNK/Newtonsoft.Json, DateTimeUtils.cs and DateTimeParser.cs; reported as
 * Azure/Azure-Functions#1399, Azure/azure-functions-host#7114, Azure/azure-webjobs-sdk-extensions#898).
 */

/**
 * JSON as a trigger hands it to the worker: its string values rewritten, names of properties and numbers kept.
 * @throws RangeError for a date that .NET cannot represent, as the real host fails to read such a document
 */
export function rewriteJson(json: string): string {
  return hasEscapes.test(json)
    ? rewriteAllStrings(json)
    : json.replace(dateLiterals, rewriteLiteral);
}

/**
 * One string value as it arrives: `2026-05-01T10:00:00.990Z` as `2026-05-01T10:00:00.99Z`, other offsets in the
 * zone of this process, an unpaired surrogate as U+FFFD. Not reproduced: for `/Date(…±hh…)/`, what stands behind
 * `hh` matters to Newtonsoft only at some positions in its buffer; here it never does. Offsets of years before a
 * zone had standard time can differ by a minute.
 * @throws RangeError for a date that .NET cannot represent
 */
export function rewriteText(text: string): string {
  if (text.charCodeAt(0) === slash) return rewriteMicrosoftDate(text);
  if (text.charCodeAt(10) === letterT && text.length <= longestIsoDate) return rewriteIsoDate(text);
  return text.toWellFormed();
}

const slash = 0x2f;
const letterT = 0x54;
const longestIsoDate = 40;

/** String values that may be a date, in JSON without `hasEscapes`; an unescaped quote before a digit or a slash opens. */
const dateLiterals = /(?<!\\)"(\d{4}-\d\d-\d\dT[\d:.+Zz-]{8,29}|\/Date\([^"\\]+\)\/)"(?!\s*:)/g;

function rewriteLiteral(literal: string, text: string): string {
  const rewritten = rewriteText(text);
  return rewritten === text ? literal : `"${rewritten}"`;
}

/** Escapes that may hide a date, or be an unpaired surrogate. */
const hasEscapes = /\\\/|\\u00|\\u[dD][89a-fA-F]|"\/Date\([^"\\]*\\/;

const literals = /"[^"\\]*(?:\\.[^"\\]*)*"(\s*:)?/g;

function rewriteAllStrings(json: string): string {
  return json.replace(literals, (match: string, colon: string | undefined) => {
    const literal = colon === undefined ? match : match.slice(0, -colon.length);
    const text = JSON.parse(literal) as string;
    const rewritten = colon === undefined ? rewriteText(text) : text.toWellFormed();
    return rewritten === text ? match : JSON.stringify(rewritten) + (colon ?? "");
  });
}

/** A DateTime of .NET counts ticks of 100 ns since the year 1. */
const ticksPerMs = 10_000n;
const ticksPerSecond = 10_000_000n;
const ticksPerMinute = 600_000_000n;
const ticksOfEpoch = 621_355_968_000_000_000n;
const maxTicks = 3_155_378_975_999_999_999n;

/**
 * Newtonsoft's parser in one expression: seven digits of a second are read, and neither an hour's colon nor the
 * minutes of an offset are required, nor an offset before the minutes.
 */
const isoDate =
  /^(\d{4}-\d\d-\d\d)T(\d\d):([0-5]\d):([0-5]\d)(?:\.(\d{7}|\d{1,6}(?!\d)))?(?:([Zz])|(?:([+-])(\d\d))?(?::?(\d\d)|:)?)$/;

function rewriteIsoDate(text: string): string {
  if (isJavaScripts(text)) return withoutZeros(text);
  const match = isoDate.exec(text);
  if (match === null) return text.toWellFormed();
  const [, date = "", hours = "", minutes = "", seconds = "", fraction = "", utc, sign] = match;
  const isMidnight = hours === "24";
  if (hours > "24" || (isMidnight && /[1-9]/.test(minutes + seconds + fraction))) return text;
  const dayMs = Date.parse(`${date}T00:00:00Z`);
  if (!isDay(date, dayMs)) return text;

  const secondsOfDay = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
  const ticks = toTicks(dayMs + secondsOfDay * 1000) + BigInt(fraction.padEnd(7, "0"));
  if (ticks > maxTicks) throw new RangeError(`${text} is no date that .NET can represent.`);
  if (utc !== undefined) return `${written(ticks)}Z`;
  if (sign === undefined) return written(ticks);
  const [, , , , , , , , offsetHours = "0", offsetMinutes = "0"] = match;
  const offset = BigInt(Number(offsetHours) * 60 + Number(offsetMinutes)) * ticksPerMinute;
  return writtenLocally(sign === "-" ? ticks + offset : ticks - offset);
}

/** Whether an instant is written as `toISOString` writes the years 1 to 9999: nearly all are. */
function isJavaScripts(text: string): boolean {
  if (text.length !== 24 || !text.endsWith("Z") || text.startsWith("0000")) return false;
  const ms = Date.parse(text);
  return !Number.isNaN(ms) && new Date(ms).toISOString() === text;
}

/** The same without the zeros at the end of its milliseconds. */
function withoutZeros(text: string): string {
  if (text[22] !== "0") return text;
  const end = text[21] !== "0" ? 22 : text[20] !== "0" ? 21 : 19;
  return `${text.slice(0, end)}Z`;
}

/** Whether a date is in the calendar of .NET: the year 0 is not, and no day is carried over. */
function isDay(date: string, dayMs: number): boolean {
  return (
    !date.startsWith("0000") &&
    !Number.isNaN(dayMs) &&
    new Date(dayMs).toISOString().startsWith(date)
  );
}

/** `/Date(ms)/` or `/Date(ms±hh…)/`; digits beyond 64 bits are no date, a product beyond them wraps around. */
const microsoftDate = /^\/Date\((-?\d{1,19})(?:\+(?:\d\d|-\d).*|-(?:\d\d|-\d)[^+]*)?\)\/$/s;

function rewriteMicrosoftDate(text: string): string {
  const match = microsoftDate.exec(text);
  const ms = BigInt(match?.[1] ?? 0);
  if (match === null || BigInt.asIntN(64, ms) !== ms) return text.toWellFormed();
  const ticks = BigInt.asIntN(64, BigInt.asIntN(64, ms * ticksPerMs) + ticksOfEpoch);
  if (ticks < 0n || ticks > maxTicks)
    throw new RangeError(`${text} is no date that .NET can represent.`);
  const isLocal = /[+-]/.test(text.slice("/Date(-".length));
  return isLocal ? writtenLocally(ticks) : `${written(ticks)}Z`;
}

const toTicks = (ms: number): bigint => BigInt(ms) * ticksPerMs + ticksOfEpoch;

const toMs = (ticks: bigint): number => Number((ticks - ticksOfEpoch) / ticksPerMs);

/** As far as seconds, and as many digits of a second as are not zero at its end. */
function written(ticks: bigint): string {
  const fraction = (ticks % ticksPerSecond).toString().padStart(7, "0").replace(/0+$/, "");
  const seconds = new Date(toMs(ticks - (ticks % ticksPerSecond))).toISOString().slice(0, 19);
  return fraction === "" ? seconds : `${seconds}.${fraction}`;
}

/** In the zone of this process, with its offset; an instant outside of the calendar becomes its first or last. */
function writtenLocally(utcTicks: bigint): string {
  const offset = -new Date(toMs(utcTicks)).getTimezoneOffset();
  const local = utcTicks + BigInt(offset) * ticksPerMinute;
  const minutes = Math.abs(offset);
  const twoDigits = (value: number): string => String(value).padStart(2, "0");
  const zone = `${twoDigits(Math.floor(minutes / 60))}:${twoDigits(minutes % 60)}`;
  const clamped = local < 0n ? 0n : local > maxTicks ? maxTicks : local;
  return `${written(clamped)}${offset < 0 ? "-" : "+"}${zone}`;
}
