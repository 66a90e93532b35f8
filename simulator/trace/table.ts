import type { Hop } from "./hops.ts";
import type { Traced, TracedTransfer } from "./trace.ts";

/** The trace for people: a table for each transfer, with colours where they can be shown. */
export const traceText = (
  { url, admin, transfers, exitCode }: Traced,
  isColoured: boolean,
): string => {
  const paint = painter(isColoured);
  const verdict =
    exitCode === 0
      ? paint("green", "Everything arrived.")
      : paint("red", "Not everything arrived.");
  return [
    ...transfers.flatMap((transfer) => transferText(transfer, paint)),
    paint("dim", `seen: ms from the POST until the client saw it, at ${url} and ${admin}`),
    paint("dim", "noted: ms from the acceptance to the instant in the service's own record"),
    "",
    verdict,
  ].join("\n");
};

type Colour = keyof typeof CODES;

type Paint = (colour: Colour, text: string) => string;

const CODES = { bold: 1, dim: 2, red: 31, green: 32, cyan: 36 } as const;

const painter =
  (isColoured: boolean): Paint =>
  (colour, text) =>
    isColoured ? `\x1b[${CODES[colour]}m${text}\x1b[0m` : text;

const transferText = (
  { size, amount, from, to, transferId, hops }: TracedTransfer,
  paint: Paint,
): string[] => {
  const longestMs = Math.max(...hops.map(({ seenMs }) => seenMs));
  const width = Math.max(...hops.map(({ hop }) => hop.length));
  const columns = ["seen".padStart(9), "noted".padStart(7), " ".repeat(TRACK), "hop"];
  return [
    paint("bold", `A ${size} transfer: ${amount} EUR from ${from} to ${to}`),
    paint("dim", `transfer ${transferId}`),
    "",
    paint("dim", columns.join("  ")),
    ...hops.map((hop) => hopText(hop, { longestMs, width, paint })),
    "",
  ];
};

const TRACK = 24;

const hopText = (
  { hop, arrived, seenMs, recordedMs, detail }: Hop,
  { longestMs, width, paint }: { longestMs: number; width: number; paint: Paint },
): string => {
  const place = Math.round((seenMs / longestMs) * (TRACK - 1));
  const track = paint("dim", "·".repeat(place));
  const mark = arrived ? paint("cyan", "●") : paint("red", "✗");
  return [
    paint("bold", seenMs.toFixed(1).padStart(9)),
    (recordedMs === undefined ? "" : String(recordedMs)).padStart(7),
    `${track}${mark}${" ".repeat(TRACK - 1 - place)}`,
    paint(arrived ? "green" : "red", hop.padEnd(width)),
    detail,
  ].join("  ");
};
