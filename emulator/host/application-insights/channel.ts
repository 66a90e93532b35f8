/** Sends lines to an ingestion endpoint, some at a time; what cannot be sent waits for the next time. */
export type Channel = {
  add(line: string): void;
  /** Sends what waits, once, and ends. */
  close(): Promise<void>;
};

export type ChannelOptions = {
  readonly endpoint: string;
  /** Called when sending begins to fail, and when lines were dropped or refused. */
  readonly warn: (message: string) => void;
};

const sendEveryMs = 1_000;
const mostAtOnce = 500;
/** Beyond these the newest are dropped: a sink that is away must not cost memory without end. */
const mostWaiting = 20_000;
const sendTimeoutMs = 5_000;

export function openChannel({ endpoint, warn }: ChannelOptions): Channel {
  const waiting: string[] = [];
  let dropped = 0;
  let isAway = false;
  let timer: NodeJS.Timeout | undefined;
  let sending: Promise<void> = Promise.resolve();

  const send = async (): Promise<void> => {
    while (waiting.length > 0) {
      const lines = waiting.slice(0, mostAtOnce);
      const refusal = await post(endpoint, lines.join("\n"));
      waiting.splice(0, lines.length);
      if (refusal !== undefined) warn(`Telemetry was refused: ${refusal}`);
    }
    if (dropped > 0) warn(`${dropped} items of telemetry were dropped.`);
    dropped = 0;
    isAway = false;
  };
  const trySending = async (): Promise<void> => {
    try {
      await send();
    } catch (error) {
      if (!isAway)
        warn(`Telemetry cannot be sent: ${error instanceof Error ? error.message : String(error)}`);
      isAway = true;
    }
  };
  const schedule = (): void => {
    timer ??= setTimeout(() => {
      sending = trySending().then(() => {
        timer = undefined;
        if (waiting.length > 0) schedule();
      });
    }, sendEveryMs).unref();
  };

  return {
    add: (line) => {
      if (waiting.length >= mostWaiting) dropped += 1;
      else waiting.push(line);
      schedule();
    },
    close: async () => {
      clearTimeout(timer);
      await sending;
      clearTimeout(timer);
      await trySending();
    },
  };
}

/**
 * @returns what the endpoint says if it refuses some of the lines, for good
 * @throws Error when they may be sent again
 */
async function post(endpoint: string, body: string): Promise<string | undefined> {
  const response = await fetch(endpoint, {
    method: "POST",
    headers: { "content-type": "application/x-json-stream" },
    body,
    signal: AbortSignal.timeout(sendTimeoutMs),
  });
  const answer = await response.text();
  if (response.status === 200) return undefined;
  if (response.status === 408 || response.status >= 429) {
    throw new Error(`${endpoint} answered ${response.status}.`);
  }
  return `${response.status} ${answer.slice(0, 500)}`;
}
