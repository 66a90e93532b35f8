/** What time it is for the service: the clock of an emulator may have been advanced. */
export type ServiceClock = {
  /** An instant that the service has just given to something. */
  observe: (instant: string) => void;
  nowMs: () => number;
};

export const newServiceClock = (): ServiceClock => {
  // An answer is always later than the instant it tells: the largest offset is the best guess.
  let offsetMs = -Infinity;
  return {
    observe: (instant) => {
      offsetMs = Math.max(offsetMs, Date.parse(instant) - Date.now());
    },
    nowMs: () => Date.now() + (offsetMs === -Infinity ? 0 : offsetMs),
  };
};
