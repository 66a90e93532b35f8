/** What a request says beside its body: in the address, its query, and its headers. */
import { z } from "zod";
import { accountIdSchema, instantSchema, transferIdSchema } from "../modules/account/requests.ts";
import { parameterExamples as example } from "./examples.ts";

export type Parameter = {
  readonly name: string;
  readonly in: "path" | "query" | "header";
  readonly isRequired?: true;
  readonly description: string;
  readonly schema: z.ZodType;
  readonly example?: string | number;
};

const day = z.iso.date();

/** By the name of their component. */
export const parameters = {
  AccountInPath: path("accountId", "An account's id.", accountIdSchema, example.accountId),
  TransferInPath: path("transferId", "A transfer's id.", transferIdSchema, example.transferId),
  StreamInPath: path("stream", "As the status document names it.", z.string(), example.stream),
  CommandInPath: path(
    "commandId",
    "As the status document names it.",
    z.string(),
    example.commandId,
  ),
  IdempotencyKey: {
    name: "Idempotency-Key",
    in: "header",
    isRequired: true,
    description:
      "One key for one intention: the same key with the same body is the same command, however often it is sent. A key belongs to its caller; use a random UUID.",
    schema: z.string().regex(/^[\x21-\x7e]{16,128}$/),
    example: example.idempotencyKey,
  },
  Prefer: {
    name: "Prefer",
    in: "header",
    description: "`wait=N` (RFC 7240): hold the answer for up to N seconds, at most 30.",
    schema: z.string(),
    example: "wait=10",
  },
  Wait: query("wait", "The same as `Prefer: wait=N`.", z.int().min(0).max(30), 10),
  Until: query(
    "until",
    "What is waited for: 202 until then, 200 from then on.",
    z.enum(["handled", "visible", "settled"]).default("visible"),
  ),
  Traceparent: {
    name: "traceparent",
    in: "header",
    description: "W3C Trace Context: continued if valid; otherwise a new trace begins.",
    schema: z.string(),
    example: example.traceparent,
  },
  At: {
    ...query("at", "A past instant.", instantSchema, example.instant),
    isRequired: true,
  },
  From: query("from", "From this instant on.", instantSchema, example.instant),
  To: query("to", "Before this instant.", instantSchema, "2026-02-28T00:00:00.000Z"),
  Limit: query("limit", "How many at most.", z.int().min(1).max(200).default(50)),
  After: query("after", "The `next` of an earlier answer.", z.string()),
  LastEventIdHeader: {
    name: "Last-Event-ID",
    in: "header",
    description: "The last id seen, as an `EventSource` sends it by itself.",
    schema: z.string().regex(/^\d{1,15}$/),
    example: "1",
  },
  LastEventId: query(
    "lastEventId",
    "The same, for a first connection.",
    z.string().regex(/^\d{1,15}$/),
  ),
  LetterInPath: path("id", "As the list names it.", z.string(), example.commandId),
  Lane: query("lane", "One lane alone.", z.string().max(300)),
  LaneOfLetter: {
    ...query("lane", "The lane that it is in.", z.string().max(300), `handling:${example.stream}`),
    isRequired: true,
  },
  MostLetters: query("limit", "How many at most.", z.int().min(1).max(1_000).default(200)),
  FromDay: { ...query("from", "The first day.", day, "2026-01-01"), isRequired: true },
  ToDay: { ...query("to", "The last day; 92 days at most.", day, "2026-01-31"), isRequired: true },
} as const satisfies Record<string, Parameter>;

export type ParameterName = keyof typeof parameters;

function path(name: string, description: string, schema: z.ZodType, value: string): Parameter {
  return { name, in: "path", isRequired: true, description, schema, example: value };
}

function query(
  name: string,
  description: string,
  schema: z.ZodType,
  value?: string | number,
): Parameter {
  const given = value === undefined ? {} : { example: value };
  return { name, in: "query", description, schema, ...given };
}
