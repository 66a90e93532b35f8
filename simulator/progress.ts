import type { WriteStream } from "node:tty";
import { sum, type Tally } from "./world/tally.ts";

/** What can be told of a run at any moment. */
export type RunState = {
  phase: "waiting for the service" | "playing" | "settling" | "auditing";
  elapsedMs: number;
  tally: Tally;
  audited: { done: number; all: number };
};

type Output = Pick<WriteStream, "write" | "isTTY">;

const REDRAW_MS = 250;
const LINE_MS = 3_000;

/**
 * Shows how a run goes until the function returned is called: one block, redrawn, on a terminal;
 * elsewhere a line every few seconds.
 */
export const showProgress = (output: Output, state: () => RunState): (() => void) => {
  const speed = speedometer();
  let drawnLines = 0;
  const redraw = (): void => {
    const lines = block(state(), speed);
    const up = drawnLines === 0 ? "" : `\x1b[${drawnLines}A\x1b[0J`;
    output.write(`${up}${lines.join("\n")}\n`);
    drawnLines = lines.length;
  };
  const writeLine = (): void => {
    output.write(`${block(state(), speed).join("; ")}\n`);
  };
  const show = output.isTTY ? redraw : writeLine;
  const timer = setInterval(show, output.isTTY ? REDRAW_MS : LINE_MS);
  return () => {
    clearInterval(timer);
    show();
  };
};

const block = (state: RunState, speed: Speedometer): string[] => {
  const { phase, elapsedMs, tally, audited } = state;
  const { transferLatency: latency, rejected, refused } = tally;
  const [p50, p99] = [latency.percentileMs(50), latency.percentileMs(99)].map((ms) =>
    ms.toFixed(1),
  );
  const time = `${(elapsedMs / 1000).toFixed(1).padStart(6)} s`;
  if (phase === "waiting for the service") return [`${time}  ${phase}, retries ${tally.retries}`];
  const audit = phase === "auditing" ? ` ${audited.done} of ${audited.all}` : "";
  return [
    `${time}  ${phase}${audit}`,
    `sent ${tally.intentions}, accepted ${tally.accepted}, rejected ${sum(rejected)}, ` +
      `refused ${sum(refused)}, retries ${tally.retries}, in flight ${tally.inFlight}`,
    `${speed(elapsedMs, latency.count())} transfers/s, ` +
      `POST to settled p50 ${p50 ?? ""} ms, p99 ${p99 ?? ""} ms`,
  ];
};

/** The speed over the last few looks, so that the figure can be read. */
type Speedometer = (elapsedMs: number, count: number) => number;

const LOOKS = 8;

const speedometer = (): Speedometer => {
  const looks: { elapsedMs: number; count: number }[] = [{ elapsedMs: 0, count: 0 }];
  return (elapsedMs, count) => {
    looks.push({ elapsedMs, count });
    if (looks.length > LOOKS) looks.shift();
    const [first] = looks;
    if (first === undefined || first.elapsedMs === elapsedMs) return 0;
    return Math.round(((count - first.count) * 1000) / (elapsedMs - first.elapsedMs));
  };
};
