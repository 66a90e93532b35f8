/** How values read: plain text, no markup. */

/** `850 µs`, `12.3 ms`, `4.2 s`, `38 s`, `3 min 20 s`, `5 h 10 min`, `2 d 3 h`. */
export const durationText = (ms: number): string => {
  if (ms < 0) return `−${durationText(-ms)}`;
  if (ms === 0) return "0 ms";
  if (ms < 1) return `${Math.round(ms * 1_000)} µs`;
  if (ms < 100) return `${trimmed(ms)} ms`;
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  const seconds = ms / 1_000;
  if (seconds < 60) return `${seconds < 10 ? trimmed(seconds) : Math.floor(seconds)} s`;
  const units = [
    ["d", 86_400, "h", 3_600],
    ["h", 3_600, "min", 60],
    ["min", 60, "s", 1],
  ] as const;
  const [unit, size, small, smallSize] = units.find(([, least]) => seconds >= least) ?? units[2];
  const rest = Math.floor((seconds % size) / smallSize);
  return `${Math.floor(seconds / size)} ${unit}${rest === 0 ? "" : ` ${rest} ${small}`}`;
};

const trimmed = (value: number): string => value.toFixed(1).replace(/\.0$/, "");

export const countText = (count: number): string => count.toLocaleString("en-GB");

export const plural = (count: number, one: string, many = `${one}s`): string =>
  `${countText(count)} ${count === 1 ? one : many}`;

export const rateText = (perSecond: number): string =>
  perSecond === 0 ? "0/s" : `${perSecond < 10 ? trimmed(perSecond) : Math.round(perSecond)}/s`;

/** `21 Nov 12:39:30.271` in UTC: an operator compares moments, not years. */
export const instantText = (instant: string | number): string => {
  const date = new Date(instant);
  if (Number.isNaN(date.getTime())) return String(instant);
  const iso = date.toISOString();
  return `${days.format(date)} ${iso.slice(11, 23)}`;
};

const days = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", timeZone: "UTC" });

/** `3 min 20 s ago`, `in 5 h`. */
export const agoText = (instant: string, nowMs: number): string => {
  const ageMs = nowMs - Date.parse(instant);
  if (Number.isNaN(ageMs)) return instant;
  return ageMs < 0 ? `in ${durationText(-ageMs)}` : `${durationText(ageMs)} ago`;
};

/** `ApprovalRequested` → `Approval requested`. */
export const spaced = (name: string): string => {
  const words = name.replaceAll(/(?<=[a-z])(?=[A-Z])/g, " ").toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
};

/** Any JSON value in one short line. */
export const shortJson = (value: unknown, mostLength = 120): string => {
  const text = JSON.stringify(value) as string | undefined;
  if (text === undefined) return "";
  return text.length > mostLength ? `${text.slice(0, mostLength - 1)}…` : text;
};
