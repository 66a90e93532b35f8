/** One of the services that the console looks at could not answer; the message is a sentence for the page. */
export class SourceFailed extends Error {
  override readonly name = "SourceFailed";
}

/** What was read, or why it could not be. */
export type Read<Value> =
  | { readonly isRead: true; readonly value: Value }
  | { readonly isRead: false; readonly why: string };

/** Turns a failure of the source into something to show. Anything else is a bug, and thrown. */
export const attempt = async <Value>(reading: Promise<Value>): Promise<Read<Value>> => {
  try {
    return { isRead: true, value: await reading };
  } catch (error) {
    if (error instanceof SourceFailed) return { isRead: false, why: error.message };
    throw error;
  }
};

export const valueOr = <Value>(read: Read<Value>, otherwise: Value): Value =>
  read.isRead ? read.value : otherwise;

export type JsonApi = {
  get(path: string): Promise<unknown>;
  /** Undefined where there is nothing (404). */
  find(path: string): Promise<unknown>;
  post(path: string, body: object): Promise<unknown>;
  remove(path: string): Promise<unknown>;
};

const patienceMs = 15_000;

/** The headers by which a service knows who asks; a token in them may change. */
export type Authorize = () => Headers | Promise<Headers>;

type Headers = Readonly<Record<string, string>>;
type Question = Omit<RequestInit, "headers" | "signal"> & { readonly headers?: Headers };

/** A service that speaks JSON over HTTP. Everything it does not answer well is a SourceFailed. */
export const jsonApi = (
  name: string,
  baseUrl: string,
  authorize: Authorize = () => ({}),
): JsonApi => {
  const base = baseUrl.replace(/\/$/, "");
  const ask = async (path: string, init: Question = {}): Promise<Response> => {
    try {
      const headers = { ...init.headers, ...(await authorize()) };
      const signal = AbortSignal.timeout(patienceMs);
      return await fetch(`${base}${path}`, { ...init, headers, signal });
    } catch (error) {
      throw new SourceFailed(`${name} does not answer: ${causeOf(error)}`, { cause: error });
    }
  };
  const answered = async (path: string, init?: Question): Promise<unknown> => {
    const response = await ask(path, init);
    const text = await response.text();
    if (!response.ok)
      throw new SourceFailed(`${name} answered ${response.status}: ${detailIn(text)}`);
    return parsed(name, text);
  };
  return {
    get: (path) => answered(path),
    find: async (path) => {
      const response = await ask(path);
      const text = await response.text();
      if (response.status === 404) return undefined;
      if (!response.ok)
        throw new SourceFailed(`${name} answered ${response.status}: ${detailIn(text)}`);
      return parsed(name, text);
    },
    post: (path, body) =>
      answered(path, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
      }),
    remove: (path) => answered(path, { method: "DELETE" }),
  };
};

const parsed = (name: string, text: string): unknown => {
  try {
    return text === "" ? {} : (JSON.parse(text) as unknown);
  } catch (error) {
    throw new SourceFailed(`${name} answered something that is not JSON.`, { cause: error });
  }
};

/** What problem+json, the control door or Event Grid say went wrong. */
const detailIn = (text: string): string => {
  try {
    const { detail, message, error } = JSON.parse(text) as Record<string, unknown>;
    const nested = (error as { message?: unknown } | undefined)?.message;
    const said = [detail, message, nested].find((each) => typeof each === "string");
    if (typeof said === "string") return said;
  } catch {
    // not JSON: the beginning of it says enough
  }
  return text.slice(0, 200);
};

const causeOf = (error: unknown): string => {
  const { cause, message } = error as Error;
  const { code } = (cause ?? {}) as { code?: string };
  return code === "ECONNREFUSED" ? "nothing listens there." : (code ?? message);
};
