import { streamOf } from "../../domain/kernel/streams.ts";
import type { Message } from "../../domain/kernel/decider.ts";
import type { CommandEnvelope } from "../../src/kernel/messages/command.ts";

/** Time zero of the tests that have no clock: ms since the epoch. */
export const epochMs = Date.UTC(2026, 0, 1);

/** A command on its way to an account, accepted so many milliseconds after time zero. */
export function envelope(
  accountId: string,
  commandId: string,
  command: Message,
  acceptedMs = 0,
): CommandEnvelope {
  return {
    commandId,
    stream: streamOf("account", accountId),
    type: command.type,
    data: command.data,
    acceptedAt: new Date(epochMs + acceptedMs).toISOString(),
    actor: "test",
    correlationId: commandId,
    causationId: commandId,
    traceparent: `00-${"1".repeat(32)}-${"2".repeat(16)}-01`,
  };
}

export const open = (accountId: string): CommandEnvelope =>
  envelope(accountId, `open-${accountId}`, {
    type: "OpenAccount",
    data: { name: accountId, email: `${accountId}@example.com`, currency: "EUR" },
  });

export const load = (accountId: string, commandId: string, acceptedMs = 0): CommandEnvelope =>
  envelope(accountId, commandId, { type: "LoadCredits", data: { amountE4: 1_0000 } }, acceptedMs);
