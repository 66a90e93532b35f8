/** Time spans as .NET writes them: `[days.]hours:minutes:seconds`. */

const form = /^(?:(\d{1,8})\.)?([01]?\d|2[0-3]):([0-5]?\d):([0-5]?\d)$/;

/** In ms; undefined for anything else. */
export function parseTimeSpan(text: string): number | undefined {
  const parts = form.exec(text);
  if (parts === null) return undefined;
  const [, days = "0", hours, minutes, seconds] = parts;
  const wholeHours = Number(days) * 24 + Number(hours);
  return ((wholeHours * 60 + Number(minutes)) * 60 + Number(seconds)) * 1_000;
}

/** @param ms whole seconds */
export function formatTimeSpan(ms: number): string {
  const seconds = Math.floor(ms / 1_000);
  const part = (value: number): string => String(value).padStart(2, "0");
  const days = Math.floor(seconds / 86_400);
  const time = [Math.floor(seconds / 3_600) % 24, Math.floor(seconds / 60) % 60, seconds % 60];
  return `${days === 0 ? "" : `${days}.`}${time.map(part).join(":")}`;
}
