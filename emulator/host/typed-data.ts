/**
 * One value on its way between host and worker: exactly one field is set. The shapes are those of
 * `@azure/functions-core`, which the worker of Azure Functions provides at run time.
 */
export type TypedData = {
  /** Parsed as JSON by the library when it parses, else handed on as text. */
  readonly string?: string;
  readonly json?: string;
  readonly bytes?: Uint8Array;
  readonly int?: number;
  readonly double?: number;
  readonly http?: HttpData;
};

export type HttpData = {
  readonly method?: string;
  /** Complete, with scheme and host. */
  readonly url?: string;
  /** Names in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: TypedData | null;
  /** Of an answer: the status as text. */
  readonly statusCode?: string;
  readonly cookies?: readonly HttpCookie[];
};

type Nullable<T> = { readonly value?: T | null } | null;

export type HttpCookie = {
  readonly name?: string;
  readonly value?: string;
  readonly domain?: Nullable<string>;
  readonly path?: Nullable<string>;
  readonly expires?: Nullable<{ readonly seconds?: number }>;
  readonly secure?: Nullable<boolean>;
  readonly httpOnly?: Nullable<boolean>;
  readonly sameSite?: "none" | "lax" | "strict" | "explicitNone";
  /** Seconds. */
  readonly maxAge?: Nullable<number>;
};

/** The bytes of a body, whichever way it was wrapped. */
export function bodyBytes(data: TypedData | null | undefined): Uint8Array | undefined {
  if (data?.bytes !== undefined) return data.bytes;
  const text = data?.string ?? data?.json;
  return text === undefined ? undefined : Buffer.from(text);
}
