/** How values read: plain text, no markup. */

/** `"2500.00"`, `"EUR"` → `"2,500.00 EUR"`, without ever making a number of it. */
export const moneyText = ({ amount, currency }: { amount: string; currency: string }): string => {
  const [whole = "", fraction] = amount.split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  return `${grouped}${fraction === undefined ? "" : `.${fraction}`} ${currency}`;
};

/** `"21 Nov 2026, 11:56:47 UTC"` */
export const instantText = (instant: string): string => `${instants.format(new Date(instant))} UTC`;

/** `"12 seconds"`, `"5 minutes"`: whole units, rounded down. */
export const elapsedText = (instant: string, { nowMs }: { nowMs: number }): string =>
  durationText(nowMs - Date.parse(instant));

/** `"12 seconds ago"`, `"just now"` */
export const agoText = (instant: string, moment: { nowMs: number }): string =>
  moment.nowMs - Date.parse(instant) < 1_000 ? "just now" : `${elapsedText(instant, moment)} ago`;

/** `undefined` once the instant has passed. */
export const leftText = (instant: string, { nowMs }: { nowMs: number }): string | undefined => {
  const leftMs = Date.parse(instant) - nowMs;
  return leftMs <= 0 ? undefined : durationText(leftMs);
};

/** Whether a decision must not be put off. */
export const isSoon = (instant: string, { nowMs }: { nowMs: number }): boolean =>
  Date.parse(instant) - nowMs < soonMs;

const soonMs = 15 * 60_000;

const instants = new Intl.DateTimeFormat("en-GB", {
  dateStyle: "medium",
  timeStyle: "medium",
  timeZone: "UTC",
});

/** The script in public/ages.js says the same in the browser, second by second. */
const durationText = (durationMs: number): string => {
  const seconds = Math.max(0, Math.floor(durationMs / 1_000));
  const [unit, size] = units.find(([, least]) => seconds >= least) ?? ["second", 1];
  const count = Math.floor(seconds / size);
  return `${count} ${unit}${count === 1 ? "" : "s"}`;
};

const units = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
] as const;
