import type { MalformedCommit } from "../store/history.ts";
import { identifyCommit } from "./identity.ts";
import type { ParkedMessage } from "./letter.ts";

/**
 * What a message could not be handled for is parked as well, where it can be repaired or discarded: its feed may have
 * passed it long ago.
 */
export function causeToPark({ document, message }: MalformedCommit): ParkedMessage {
  const { stream: _, ...identity } = identifyCommit(document);
  return { ...identity, message: document, reason: `Malformed: ${message}`, attempts: 1 };
}
