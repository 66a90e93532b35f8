import type { Span } from "../azure/telemetry.ts";

/** One span in its place: below the span that caused it. */
export type Bar = {
  readonly span: Span;
  readonly depth: number;
  /** Between the end of its parent and its own beginning; undefined where it began before that. */
  readonly gapMs: number | undefined;
};

export type Waterfall = {
  readonly startMs: number;
  readonly durationMs: number;
  readonly bars: readonly Bar[];
};

/** Parents before their children, siblings in the order they began. A span whose parent is not here stands as a root. */
export const waterfallOf = (spans: readonly Span[]): Waterfall => {
  const byId = new Map(spans.map((span) => [span.spanId, span]));
  const children = Map.groupBy(spans, ({ parentId }) => (byId.has(parentId) ? parentId : ""));
  const bars: Bar[] = [];
  const place = (parentId: string, depth: number): void => {
    const siblings = (children.get(parentId) ?? []).toSorted((a, b) => a.atMs - b.atMs);
    for (const span of siblings) {
      bars.push({ span, depth, gapMs: gapBefore(span, byId.get(parentId)) });
      place(span.spanId, depth + 1);
    }
  };
  place("", 0);
  const startMs = Math.min(...spans.map(({ atMs }) => atMs));
  const endMs = Math.max(...spans.map(({ atMs, durationMs }) => atMs + durationMs));
  return { startMs, durationMs: endMs - startMs, bars };
};

/** Below this, clocks that count in milliseconds cannot tell. */
const leastGapMs = 1;

const gapBefore = (span: Span, parent: Span | undefined): number | undefined => {
  if (parent === undefined) return undefined;
  const gapMs = span.atMs - (parent.atMs + parent.durationMs);
  return gapMs < leastGapMs ? undefined : gapMs;
};
