/** Saldo could not be asked, or did not answer in time: the same request may be made again. */
export class SaldoUnavailable extends Error {
  override readonly name = "SaldoUnavailable";
}

export type Answer = { status: number; body: unknown };

export type Requests = {
  /** One request. Throws SaldoUnavailable for whatever may be over soon: network, 429 and 5xx. */
  once: (request: SaldoRequest) => Promise<Answer>;
  /** The same request until it is answered: pauses grow, and end after the last one given. */
  patiently: (request: SaldoRequest, isFinal: (answer: Answer) => boolean) => Promise<Answer>;
};

type SaldoRequest = {
  path: string;
  method?: "POST";
  headers?: Record<string, string>;
  body?: unknown;
};

type Settings = {
  saldoUrl: string;
  saldoKey: string;
  /** Between one attempt and the next. */
  pausesMs: readonly number[];
  /** Ends what is under way when the app closes. */
  closing: AbortSignal;
};

/** Requests to Saldo with this app's key. */
export const requestsTo = ({ saldoUrl, saldoKey, pausesMs, closing }: Settings): Requests => {
  const attempt = async ({ path, method, headers, body }: SaldoRequest): Promise<Attempted> => {
    try {
      const response = await fetch(`${saldoUrl}${path}`, {
        method: method ?? "GET",
        headers: {
          "x-functions-key": saldoKey,
          ...(body === undefined ? {} : { "content-type": "application/json" }),
          ...headers,
        },
        redirect: "error",
        signal: AbortSignal.any([closing, AbortSignal.timeout(answerWithinMs)]),
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      const { status } = response;
      if (status === 401 || status === 403)
        return { fault: "Saldo refuses the key of this app.", isPassing: false };
      if (status === 429 || status >= 500) {
        const fault = `Saldo answered with status ${status}.`;
        return { fault, isPassing: true, notBeforeMs: retryAfterMs(response) };
      }
      return { answer: { status, body: parsed(text) } };
    } catch (error) {
      return { fault: `Saldo did not answer (${reasonOf(error)}).`, isPassing: true };
    }
  };

  return {
    once: async (request) => {
      const attempted = await attempt(request);
      if ("fault" in attempted) throw new SaldoUnavailable(attempted.fault);
      return attempted.answer;
    },
    patiently: async (request, isFinal) => {
      const deadlineMs = performance.now() + patienceMs;
      for (const pauseMs of [...pausesMs, undefined]) {
        const attempted = await attempt(request);
        if ("answer" in attempted && isFinal(attempted.answer)) return attempted.answer;
        const fault = "fault" in attempted ? attempted.fault : "Saldo is still busy with it.";
        const isOver = "fault" in attempted && !attempted.isPassing;
        const notBeforeMs = ("fault" in attempted ? attempted.notBeforeMs : undefined) ?? 0;
        const waitMs = Math.max(notBeforeMs, (pauseMs ?? 0) * (1 + Math.random() / 4));
        const isLast = pauseMs === undefined || performance.now() + waitMs > deadlineMs;
        if (isOver || isLast) throw new SaldoUnavailable(fault);
        await pause(waitMs, closing);
      }
      throw new SaldoUnavailable("Saldo was not asked.");
    },
  };
};

type Attempted =
  { answer: Answer } | { fault: string; isPassing: boolean; notBeforeMs?: number | undefined };

/** Longer than Saldo is asked to hold its answer. */
const answerWithinMs = 15_000;

/** All attempts together: nobody stays in front of a form for longer. */
const patienceMs = 25_000;

/** Resolves early when the signal is aborted: the next attempt then fails at once. */
const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const wake = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", wake);
      resolve();
    };
    const timer = setTimeout(wake, ms);
    signal.addEventListener("abort", wake);
    if (signal.aborted) wake();
  });

const retryAfterMs = (response: Response): number | undefined => {
  const seconds = Number(response.headers.get("retry-after") ?? Number.NaN);
  return Number.isFinite(seconds) ? seconds * 1_000 : undefined;
};

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // the shapes of the contract refuse it
  }
};

const reasonOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
};
