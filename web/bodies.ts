import type { MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";

/** What was not read of a body is on the connection still: no other request may follow there. */
export const closing = { connection: "close" } as const;

/**
 * Refuses a longer body, also one that does not say its length beforehand, and reads no more of it.
 *
 * @param refused makes the error to throw; its answer should have the headers `closing`
 */
export const atMostBytes = (
  sizeBytes: number,
  refused: (detail: string) => Error,
): MiddlewareHandler =>
  bodyLimit({
    maxSize: sizeBytes,
    onError: () => {
      throw refused(`At most ${sizeBytes} bytes are accepted here.`);
    },
  });
