import { readAdminTransfer, type AdminTransfer } from "./admin-documents.ts";

/** First that the connection is there, then the transfers that change. */
export type LiveTransfers = AsyncGenerator<"connected" | AdminTransfer, void, void>;

/**
 * Server-sent events (WHATWG HTML, 9.2), as far as the admin app uses them: blocks of lines with
 * an `event` and `data`, an empty line between. Ends when the connection ends, however it does:
 * whoever listens looks at the whole list and listens again.
 */
export const liveTransfers = async function* (
  url: URL,
  cookie: string,
  signal: AbortSignal,
): LiveTransfers {
  try {
    const response = await fetch(url, { headers: { cookie, accept: EVENT_STREAM }, signal });
    if (response.status !== 200 || response.body === null) return;
    yield "connected";
    let unread = "";
    for await (const text of response.body.pipeThrough(new TextDecoderStream())) {
      const blocks = (unread + text).replaceAll("\r\n", "\n").split("\n\n");
      unread = blocks.pop() ?? "";
      yield* blocks.map(transferOf).filter((transfer) => transfer !== undefined);
    }
  } catch (error) {
    // A connection that breaks is no news here; an answer that cannot be read is.
    if (!isDisconnection(error)) throw error;
  }
};

const EVENT_STREAM = "text/event-stream";

const transferOf = (block: string): AdminTransfer | undefined => {
  const lines = block.split("\n");
  const field = (name: string): string[] =>
    lines
      .filter((line) => line.startsWith(`${name}:`))
      .map((line) => line.slice(name.length + 1).trimStart());
  return field("event")[0] === "transfer" ? readAdminTransfer(field("data").join("\n")) : undefined;
};

/** fetch throws a TypeError when the network fails, and an AbortError when it is told to stop. */
const isDisconnection = (error: unknown): boolean =>
  error instanceof TypeError || (error instanceof Error && error.name === "AbortError");
