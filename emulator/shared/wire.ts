/** One HTTP exchange, free of any transport: sockets and in-process callers speak the same. */
export type WireRequest = {
  readonly method: string;
  /** Path and query exactly as sent (still percent-encoded), starting with "/". */
  readonly path: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

export type WireResponse = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Empty for 204 and 304. */
  readonly body: string;
};

export type WireHandler = (request: WireRequest) => Promise<WireResponse>;
