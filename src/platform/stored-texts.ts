/**
 * Texts that survive the Functions host. It hands documents and events to triggers through Newtonsoft.Json, which takes
 * texts of certain forms for dates and writes them anew: `…59.990Z` → `…59.99Z`, `…10:00:00+02:00` → `…08:00:00+00:00`,
 * `/Date(0)/` → `1970-01-01T00:00:00Z` (Azure/Azure-Functions issue 1399, azure-functions-host issue 7114,
 * azure-webjobs-sdk-extensions issue 898). Of the forms that it may take for dates
 *
 * - the *canonical* one, which our instants have, is stored as it is: what the host drops of it, zeros at the end of the
 *   milliseconds, is put back. So stored instants stay readable, and sort in queries.
 * - every other text is stored with a prefix, and its document says so by a mark. In such a document texts that begin with
 *   the prefix anyway get it as well, so that taking it away is exact. A document without such texts is stored as it is.
 *
 * Property names are not rewritten by the host, and not escaped here (docs/adr/0016).
 */

const prefix = "~";

/** What a document has beside its own properties if texts in it are escaped. Every document without it is as it reads. */
type Mark = { escaped?: true };

/** The document as it is stored: itself, if nothing in it has to be escaped. Throws if it has the mark's name already. */
export function toStored<Document extends object>(document: Document): Document & Mark {
  if ("escaped" in document) throw new Error("The property `escaped` of a document is reserved.");
  const isPlain = mapTexts(document, (text) => (isRewritten(text) ? prefix : text)) === document;
  return isPlain ? document : { ...mapTexts(document, escape), escaped: true };
}

/** What a query or a read has answered, as it was before it was stored. */
export function fromStored<Result>(stored: Result): Result {
  if (!isMarked(stored)) return stored;
  const document = { ...mapTexts(stored, unescape) };
  delete document.escaped;
  return document;
}

/** A document that a trigger hands over, as it was before it was stored. */
export function fromFeed<Document extends object>(delivered: Document): Document {
  return fromStored(canonicalInstants(delivered));
}

/**
 * A value that a trigger hands over, with its instants in the canonical form. Other texts that look like dates are what
 * the host has made of them, and cannot be restored from here.
 */
export function canonicalInstants<Value>(delivered: Value): Value {
  return mapTexts(delivered, canonical);
}

/**
 * Data for others, as it is published: byte for byte, but for dates which .NET cannot represent. No trigger of Functions
 * could read an event that holds one of those, so such a text is published with a space before it.
 */
export function toPublished<Data>(data: Data): Data {
  return mapTexts(data, (text) => (isUnreadable(text) ? ` ${text}` : text));
}

/** Whether the host might take the text, as it was published, for a date: a few more than it really does. */
export function looksLikeDate(text: string): boolean {
  return isDateAndTime(text) || text.startsWith("/Date(");
}

/** Whether the host might rewrite the text, and `canonical` not undo it. */
function isRewritten(text: string): boolean {
  return looksLikeDate(text) && !canonicalInstant.test(text);
}

function escape(text: string): string {
  return isRewritten(text) || text.startsWith(prefix) ? `${prefix}${text}` : text;
}

function unescape(text: string): string {
  return text.startsWith(prefix) ? text.slice(prefix.length) : text;
}

const dateAndTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/;
const shortestDateAndTime = "0001-01-01T00:00:00".length;

/** Two comparisons tell nearly all other texts apart before the expression is asked. */
function isDateAndTime(text: string): boolean {
  return text.length >= shortestDateAndTime && text[10] === "T" && dateAndTime.test(text);
}

const microsoftDate = /^\/Date\((-?\d+)/;
/** The first and the last millisecond of .NET's calendar, since the epoch. */
const firstMs = Date.parse("0001-01-01T00:00:00.000Z");
const lastMs = Date.parse("9999-12-31T23:59:59.999Z");

/** Whether the host takes it for a date, and then fails because .NET has none such. */
function isUnreadable(text: string): boolean {
  if (text.startsWith("9999-12-31T24")) return true;
  const [, ms] = microsoftDate.exec(text) ?? [];
  return ms !== undefined && !(Number(ms) >= firstMs && Number(ms) <= lastMs);
}

/** What `toISOString` writes, and no 24th hour, which the host would make the next day's first. */
const canonicalInstant = /^\d{4}-(?:0\d|1[0-2])-[0-3]\dT(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z$/;

const shortenedInstant = /^(.{19})(?:\.(\d{1,2}))?Z$/;

/** What the host makes of a canonical instant is shorter. */
function canonical(text: string): string {
  if (!isDateAndTime(text)) return text;
  const [, seconds, fraction = ""] = shortenedInstant.exec(text) ?? [];
  return seconds === undefined ? text : `${seconds}.${fraction.padEnd(3, "0")}Z`;
}

function isMarked<Value>(value: Value): value is Value & Mark {
  return typeof value === "object" && value !== null && (value as Mark).escaped === true;
}

/** JSON with every text in it changed; what holds no text that changes is not copied. */
function mapTexts<Value>(value: Value, change: (text: string) => string): Value {
  if (typeof value === "string") return change(value) as Value & string;
  if (typeof value !== "object" || value === null) return value;
  const members = value as Record<string, unknown>;
  let copy: Record<string, unknown> | undefined;
  for (const name of Object.keys(value)) {
    const member = members[name];
    if (typeof member !== "string" && typeof member !== "object") continue;
    const changed = mapTexts(member, change);
    if (changed === member) continue;
    copy ??= (Array.isArray(value) ? [...value] : { ...value }) as Record<string, unknown>;
    copy[name] = changed;
  }
  return (copy ?? value) as Value;
}
