/** The primary reactions to a commit, as commands ready to be handled. */
import type { Model } from "../messages/model.ts";
import type { CommandEnvelope } from "../messages/command.ts";
import { causes, type Commit } from "../messages/commit.ts";

export function primaryReactions(model: Model, commit: Commit): readonly CommandEnvelope[] {
  const { reactor } = model.of(commit.stream);
  if (reactor === undefined) return [];
  return [...causes(commit)].flatMap(({ event, cause }) =>
    reactor.react(event, commit.stream).map(({ stream, commandId, command }) => ({
      commandId,
      stream,
      type: command.type,
      data: command.data,
      acceptedAt: commit.at,
      actor: cause.actor,
      ...(cause.subject === undefined ? {} : { subject: cause.subject }),
      correlationId: cause.correlationId,
      causationId: cause.commandId,
      traceparent: cause.traceparent,
    })),
  );
}
