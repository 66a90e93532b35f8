/**
 * Calls one operation of the HTTP contract. client.ts, which is generated, says what each operation takes and answers;
 * how it is asked is here, once for all of them.
 */

export type Connection = {
  /** How requests travel: `fetchFrom("http://127.0.0.1:7071")`, or what is known to be better. */
  readonly send: Send;
  /** Without them nothing is said of who asks: for a `send` that says it itself. */
  readonly tokens?: AccessTokens;
};

/** Access tokens, sent as `Authorization: Bearer …`. */
export type AccessTokens = {
  /** Asked before each request; rejects if there is none to be had. */
  readonly current: () => Promise<string>;
  /** This one was answered with 401. It may have ended before its time: the request is sent once more with another. */
  readonly refused: (token: string) => void;
};

/** Sends one request; rejects if there is no answer. */
export type Send = (request: SentRequest) => Promise<SentAnswer>;

export type SentRequest = {
  readonly method: "GET" | "POST";
  /** With its query; without the origin. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal?: AbortSignal;
};

export type SentAnswer = {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  readonly text: string;
};

/** By `fetch`, from this address: without `/api`. */
export function fetchFrom(address: string): Send {
  return async ({ path, ...init }) => {
    const url = `${address.replace(/\/$/, "")}${path}`;
    const response = await fetch(url, { ...init, redirect: "error" });
    const { status, headers } = response;
    return { status, headers, text: await response.text() };
  };
}

/** What an operation takes: parameters by their name in camel case, the body, and a signal to give up. */
export type Input = Readonly<Record<string, unknown>> & { readonly signal?: AbortSignal };

/** One operation, as client.ts tells it. */
export type Call = {
  readonly method: "GET" | "POST";
  /** With `{names}` for what comes from the input. */
  readonly path: string;
  readonly query: readonly string[];
  /** Header → the name in the input. */
  readonly headers: Readonly<Record<string, string>>;
  /** To everybody: no token is sent. */
  readonly isOpen: boolean;
  /** What it may answer, by status: the media type. */
  readonly answers: Readonly<Record<number, string>>;
};

export type Answer<Status extends number, Body> = {
  readonly status: Status;
  readonly headers: SentAnswer["headers"];
  readonly body: Body;
};

/**
 * There was no answer, or none that the contract knows. A command may or may not have been stored: it is safe to send it
 * again with the same idempotency key.
 */
export class NoAnswer extends Error {
  override readonly name = "NoAnswer";
  /** What was answered instead; `undefined` if there was nothing at all. */
  readonly answer: SentAnswer | undefined;
  /** Of a command, also if it was drawn here. */
  readonly idempotencyKey: string | undefined;

  constructor(
    reason: string,
    { request }: Asked,
    { answer, cause }: { answer?: SentAnswer; cause?: unknown },
  ) {
    super(`${request.method} ${request.path}: ${reason}`, { cause });
    this.answer = answer;
    this.idempotencyKey = request.headers[keyHeader];
  }
}

/** Every answer that the contract knows is a value, problems included. Throws NoAnswer for all others. */
export async function call(
  operation: Call,
  input: Input,
  connection: Connection,
): Promise<Answer<number, unknown>> {
  const asked = { operation, request: requestFor(operation, input) };
  const tokens = operation.isOpen ? undefined : connection.tokens;
  try {
    return understood(await sent(asked.request, connection.send, tokens), asked);
  } catch (cause) {
    if (cause instanceof NoAnswer) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new NoAnswer(reason, asked, { cause });
  }
}

async function sent(
  request: SentRequest,
  send: Send,
  tokens: AccessTokens | undefined,
): Promise<SentAnswer> {
  if (tokens === undefined) return send(request);
  const sendAs = (token: string): Promise<SentAnswer> =>
    send({ ...request, headers: { ...request.headers, authorization: `Bearer ${token}` } });
  const token = await tokens.current();
  const answer = await sendAs(token);
  if (answer.status !== 401) return answer;
  tokens.refused(token);
  return sendAs(await tokens.current());
}

type Asked = { readonly operation: Call; readonly request: SentRequest };

const keyHeader = "idempotency-key";

function requestFor({ method, path, query, headers }: Call, input: Input): SentRequest {
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(text(input[name])),
  );
  const asked = query.filter((name) => input[name] !== undefined);
  const pairs = asked.map((name) => `${name}=${encodeURIComponent(text(input[name]))}`);
  const sent: Record<string, string> = {};
  for (const [header, name] of Object.entries(headers))
    if (input[name] !== undefined) sent[header] = said(header, text(input[name]));
    // A key for each intention: whoever gives none has this one.
    else if (header === keyHeader) sent[header] = crypto.randomUUID();
  const { body, signal } = input;
  if (body !== undefined) sent["content-type"] = "application/json";
  return {
    method,
    path: pairs.length === 0 ? filled : `${filled}?${pairs.join("&")}`,
    headers: sent,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(signal === undefined ? {} : { signal }),
  };
}

/** RFC 7240 has it as a preference; here it is a number of seconds. */
function said(header: string, value: string): string {
  return header === "prefer" ? `wait=${value}` : value;
}

function text(value: unknown): string {
  if (typeof value === "string" || typeof value === "number") return String(value);
  throw new TypeError(`A parameter is missing, or neither text nor number: ${String(value)}`);
}

function understood(answer: SentAnswer, asked: Asked): Answer<number, unknown> {
  const { status, headers, text: body } = answer;
  const fail = (reason: string): NoAnswer =>
    new NoAnswer(`${reason}: ${body.slice(0, 200)}`, asked, { answer });
  const promised = asked.operation.answers[status];
  if (promised === undefined) throw fail(`the answer is ${status}`);
  const [mediaType] = (headers.get("content-type") ?? "").split(";");
  if (mediaType !== promised) throw fail(`the answer is not ${promised} but ${mediaType ?? ""}`);
  if (!mediaType.endsWith("json")) return { status, headers, body };
  try {
    return { status, headers, body: JSON.parse(body) as unknown };
  } catch {
    throw fail("the answer is not JSON");
  }
}
