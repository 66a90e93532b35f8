/** What the sink keeps of an envelope. Times are milliseconds since the epoch, as the sender's clock has it. */

type Common = {
  readonly atMs: number;
  /** Cloud role name. */
  readonly service: string;
  readonly attributes: Readonly<Record<string, string>>;
};

/** A request or dependency: SERVER and CONSUMER spans become requests, the others dependencies. */
export type Span = Common & {
  readonly traceId: string;
  readonly spanId: string;
  /** Empty at the root of a trace. */
  readonly parentId: string;
  readonly name: string;
  readonly kind: "request" | "dependency";
  readonly instance: string;
  readonly durationMs: number;
  readonly isFailed: boolean;
  /** Response or result code. */
  readonly code: string;
  /** What a dependency was: its type, e.g. `InProc | PRODUCER`, and whom it called. */
  readonly type: string;
  readonly target: string;
  /** A request's URL, a dependency's command. */
  readonly detail: string;
  readonly links: readonly SpanLink[];
};

export type SpanLink = { readonly traceId: string; readonly spanId: string };

export const logKinds = ["message", "exception", "event"] as const;

export type LogItem = Common & {
  readonly kind: (typeof logKinds)[number];
  /** Empty outside any trace. */
  readonly traceId: string;
  readonly spanId: string;
  readonly severity: Severity;
  readonly message: string;
  /** Of an exception: its type and stack; else empty. */
  readonly type: string;
  readonly stack: string;
};

/** Verbose, information, warning, error, critical. */
export type Severity = 0 | 1 | 2 | 3 | 4;

/** One metric over one export interval: `value` is the sum where there were several measurements. */
export type MetricPoint = Omit<Common, "attributes"> & {
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly value: number;
  readonly count?: number;
  readonly min?: number;
  readonly max?: number;
};

export type Item =
  | { readonly kind: "span"; readonly span: Span }
  | { readonly kind: "log"; readonly log: LogItem }
  | { readonly kind: "metrics"; readonly points: readonly MetricPoint[] };
