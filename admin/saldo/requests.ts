import {
  type AccessTokens,
  type Answer as AnyAnswer,
  fetchFrom,
  NoAnswer,
} from "../../contract/call.ts";
import { saldoClient, type SaldoClient } from "../../contract/client.ts";

/** Saldo could not be asked, or did not answer in time: the same request may be made again. */
export class SaldoUnavailable extends Error {
  override readonly name = "SaldoUnavailable";
}

type Answer = AnyAnswer<number, unknown>;

/** Who may not come in and what may be over soon is no answer to reckon with. */
export type Reply<Any extends Answer> = Exclude<Any, { status: 401 | 403 | 429 | 503 }>;

export type Requests = {
  /** Its operations, to be asked by the other two. */
  saldo: SaldoClient;
  /** One request. Throws SaldoUnavailable for whatever may be over soon: network, 429 and 5xx. */
  once: <Any extends Answer>(ask: () => Promise<Any>) => Promise<Reply<Any>>;
  /** The same request until it is answered: pauses grow, and end after the last one given. */
  patiently: <Any extends Answer>(
    ask: () => Promise<Any>,
    isFinal: (answer: Reply<Any>) => boolean,
  ) => Promise<Reply<Any>>;
};

type Settings = {
  saldoUrl: string;
  tokens: AccessTokens;
  /** Between one attempt and the next. */
  pausesMs: readonly number[];
  /** Ends what is under way when the app closes. */
  closing: AbortSignal;
};

/** Requests to Saldo in this app's own name. */
export const requestsTo = ({ saldoUrl, tokens, pausesMs, closing }: Settings): Requests => {
  const fetchFromSaldo = fetchFrom(saldoUrl);
  return {
    saldo: saldoClient({
      tokens,
      send: (request) => {
        const signal = AbortSignal.any([closing, AbortSignal.timeout(answerWithinMs)]);
        return fetchFromSaldo({ ...request, signal });
      },
    }),
    once: async (ask) => {
      const attempted = await attempt(ask);
      if ("fault" in attempted) throw new SaldoUnavailable(attempted.fault);
      return attempted.reply;
    },
    patiently: async (ask, isFinal) => {
      const deadlineMs = performance.now() + patienceMs;
      for (const pauseMs of [...pausesMs, undefined]) {
        const attempted = await attempt(ask);
        if ("reply" in attempted && isFinal(attempted.reply)) return attempted.reply;
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

type Attempted<Any extends Answer> =
  { reply: Reply<Any> } | { fault: string; isPassing: boolean; notBeforeMs?: number | undefined };

const attempt = async <Any extends Answer>(ask: () => Promise<Any>): Promise<Attempted<Any>> => {
  try {
    const answer = await ask();
    return faultOf(answer) ?? { reply: answer as Reply<Any> };
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error;
    const { answer } = error;
    if (answer === undefined)
      return { fault: `Saldo did not answer (${reasonOf(error)}).`, isPassing: true };
    return faultOf(answer) ?? { fault: notUnderstood(answer.status), isPassing: false };
  }
};

type Fault = Extract<Attempted<never>, { fault: string }>;

/** By its status alone: what stands between may answer in its own words. */
const faultOf = ({ status, headers }: Pick<Answer, "status" | "headers">): Fault | undefined => {
  if (status === 401 || status === 403)
    return { fault: "Saldo does not let this app in.", isPassing: false };
  if (status !== 429 && status < 500) return undefined;
  const seconds = Number(headers.get("retry-after") ?? Number.NaN);
  const notBeforeMs = Number.isFinite(seconds) ? seconds * 1_000 : undefined;
  return { fault: `Saldo answered with status ${status}.`, isPassing: true, notBeforeMs };
};

export const notUnderstood = (status: number): string =>
  `Saldo's answer is not understood (status ${status}).`;

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

/** The innermost: `fetch` itself tells only that it has failed. */
const reasonOf = (error: Error): string =>
  error.cause instanceof Error ? reasonOf(error.cause) : error.message;
