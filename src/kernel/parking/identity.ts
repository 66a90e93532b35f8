/** What can be told of something stored, whatever it is: where it came from, and in which lane it would have to wait. */
import { hasCommitId } from "../messages/read-commit.ts";
import { streamForm } from "../messages/stored-values.ts";
import { deriveId } from "../../platform/digest.ts";
import { traceparentForm } from "../../platform/trace-context.ts";
import type { Source } from "./letter.ts";
import type { Identity } from "./stage-work.ts";

/** Of a document in `commands`, or a command that is not stored there. */
export function identifyCommand(stored: object): Identity {
  const { commandId, traceparent } = stored as Record<string, unknown>;
  const stream = streamOf(stored);
  return {
    id: textOr(commandId, idOf(stored)),
    stream: stream ?? strayName("commands", stored),
    ...("id" in stored ? { source: sourceIn("commands", stored) } : {}),
    traceparent: traceIn(traceparent),
  };
}

/** Of a document in `events`. One that claims no number in its stream is in nobody's way: it waits by itself. */
export function identifyCommit(stored: object): Identity {
  const { outcomes } = stored as Record<string, unknown>;
  const [first] = Array.isArray(outcomes) ? (outcomes as unknown[]) : [];
  const stream = hasCommitId(stored) ? streamOf(stored) : undefined;
  return {
    id: idOf(stored),
    stream: stream ?? strayName("events", stored),
    source: sourceIn("events", stored),
    traceparent: traceIn((first as { traceparent?: unknown } | null | undefined)?.traceparent),
  };
}

/** The stream's name, if it is one. */
function streamOf(stored: object): string | undefined {
  const { stream } = stored as { readonly stream?: unknown };
  return typeof stream === "string" && streamForm.test(stream) ? stream : undefined;
}

/** In place of a stream's name, for what belongs to none. */
function strayName(container: string, stored: object): string {
  const { stream } = stored as { readonly stream?: unknown };
  return `.${deriveId(20, container, JSON.stringify([stream, idOf(stored)]))}`;
}

function sourceIn(container: "commands" | "events", stored: object): Source {
  const { stream } = stored as { readonly stream?: Source["partition"] };
  return { container, id: idOf(stored), ...(stream === undefined ? {} : { partition: stream }) };
}

function idOf(stored: object): string {
  return textOr((stored as { readonly id?: unknown }).id, "none");
}

function textOr(value: unknown, otherwise: string): string {
  return typeof value === "string" && value !== "" ? value : otherwise;
}

function traceIn(traceparent: unknown): string {
  return typeof traceparent === "string" && traceparentForm.test(traceparent) ? traceparent : "";
}
