/** The mark of a document in which Saldo has escaped texts that look like dates (docs/adr/0016). */
type Marked = { readonly escaped: true };

const prefix = "~";

/** What was read as it was written: a document without its escaping, anything else as it is. */
export const restored = <Result>(read: Result): Result => {
  if (!isMarked(read)) return read;
  const { escaped, ...document } = unescaped(read) as Record<string, unknown>;
  return document as Result;
};

const isMarked = (value: unknown): value is Marked =>
  typeof value === "object" && value !== null && "escaped" in value && value.escaped === true;

const unescaped = (value: unknown): unknown => {
  if (typeof value === "string") return value.startsWith(prefix) ? value.slice(1) : value;
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(unescaped);
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, unescaped(each)]));
};
