import type { IncomingMessage, ServerResponse } from "node:http";

/** The body of a request is larger than the service takes: 413. */
export class BodyTooLarge extends Error {
  override readonly name = "BodyTooLarge";

  constructor(mostBytes: number) {
    super(`The body of a request has at most ${mostBytes} bytes.`);
  }
}

/**
 * Reads a whole body, and never holds more than `mostBytes` of it. Of a larger one the rest stays unread, and the connection
 * as it is, so that there can be an answer: `endUnread`.
 * @throws BodyTooLarge; Error when the client goes away before the end
 */
export function readBody(request: IncomingMessage, mostBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const take = (chunk: Buffer): void => {
      bytes += chunk.length;
      if (bytes <= mostBytes) chunks.push(chunk);
      else refuse();
    };
    const refuse = (): void => {
      request.off("data", take).pause();
      chunks.length = 0;
      reject(new BodyTooLarge(mostBytes));
    };
    request.once("error", reject);
    request.once("close", () => {
      if (!request.complete) reject(new Error("The client went away."));
    });
    if (Number(request.headers["content-length"] ?? 0) > mostBytes) {
      refuse();
      return;
    }
    request.on("data", take);
    request.once("end", () => {
      const [only] = chunks;
      resolve(chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks));
    });
  });
}

/** How much, and how long, of what nobody reads is taken from the connection before it is closed. */
const mostDiscardedBytes = 32 * 1_048_576;
const mostDiscardingMs = 10_000;

/**
 * Ends an exchange whose request is not read to its end: the answer comes at once, then for a while what still comes is thrown
 * away. Closing with unread data would reset the connection, and the answer would be lost to a client that reads only after it
 * has written (RFC 9112, 9.6). The head must be written, with the length of the text and `connection: close`.
 */
export function endUnread(request: IncomingMessage, response: ServerResponse, text: string): void {
  let bytes = 0;
  const end = (): void => {
    clearTimeout(timer);
    request.off("data", discard);
    response.end();
  };
  const discard = (chunk: Buffer): void => {
    bytes += chunk.length;
    if (bytes > mostDiscardedBytes) end();
  };
  response.flushHeaders();
  if (text !== "") response.write(text);
  if (request.readableEnded || request.destroyed) {
    response.end();
    return;
  }
  const timer = setTimeout(end, mostDiscardingMs).unref();
  request.once("end", end).once("close", end);
  request.on("data", discard).resume();
}
