/** What an operation is, and the kinds of them that there are. */
import type { z } from "zod";
import type { ProblemCode } from "../platform/http/problem.ts";
import { commandStatus } from "./answers.ts";
import { answerExamples as shown, requestExamples } from "./examples.ts";
import type { ParameterName } from "./parameters.ts";
import { requests } from "./requests.ts";

export type Operation = {
  readonly method: "GET" | "POST";
  /** As the endpoint has it: without `/api/`. */
  readonly route: string;
  readonly tag: Tag;
  readonly summary: string;
  readonly description?: string;
  readonly parameters: readonly ParameterName[];
  readonly request?: { readonly schema: z.ZodType; readonly example: object };
  readonly answers: readonly Answer[];
  /** Without those of access: see access-told.ts. */
  readonly problems: readonly ProblemCode[];
};

export type Answer = {
  readonly status: 200 | 202 | 503;
  readonly description: string;
  readonly headers?: readonly AnswerHeader[];
  readonly mediaType: string;
  readonly schema: z.ZodType;
  readonly examples: Readonly<Record<string, unknown>>;
};

export const answerHeaders = {
  Location: "The status address of the command.",
  "Idempotency-Hit": "`true` if the command had been stored before.",
} as const;

export type AnswerHeader = keyof typeof answerHeaders;

export const tags = {
  Accounts: "Opening, loading, looking at and closing an account.",
  Transfers: "Sending credits, and what becomes of them.",
  Notifications: "What the owner of an account should know.",
  Commands: "How far something that was asked for has got.",
  Operators: "For the bank: its operators, and whoever decides about transfers.",
  Service: "What the service tells everybody about itself: no token is needed.",
} as const;

type Tag = keyof typeof tags;

const commandParameters = ["IdempotencyKey", "Prefer", "Wait", "Until"] as const;

const commandProblems = [
  "idempotency_key_missing",
  "idempotency_key_malformed",
  "malformed_json",
  "invalid_request",
  "body_too_large",
  "unsupported_media_type",
  "idempotency_key_reused",
  "unreadable",
  "unavailable",
] as const;

export function commandAnswers(headers: readonly AnswerHeader[]): readonly Answer[] {
  const { settledCommand, rejectedCommand, pendingCommand } = shown;
  const common = { headers, mediaType: "application/json", schema: commandStatus };
  return [
    {
      ...common,
      status: 200,
      description: "The point asked for is reached.",
      examples: { accepted: settledCommand, rejected: rejectedCommand },
    },
    {
      ...common,
      status: 202,
      description: "Stored; the point asked for is not reached yet.",
      examples: { pending: pendingCommand },
    },
  ];
}

type Place = Pick<Operation, "tag" | "route" | "summary"> & {
  readonly parameters?: readonly ParameterName[];
  readonly problems?: readonly ProblemCode[];
  readonly description?: string;
};

export function command(request: keyof typeof requests, place: Place): Operation {
  const { parameters = [], problems = [], ...told } = place;
  return {
    ...told,
    method: "POST",
    parameters: [...parameters, ...commandParameters, "Traceparent"],
    request: { schema: requests[request], example: requestExamples[request] },
    answers: commandAnswers(["Location", "Idempotency-Hit"]),
    problems: [...commandProblems, ...problems],
  };
}

export function query(schema: z.ZodType, example: unknown, place: Place): Operation {
  const { parameters = [], problems = [], ...told } = place;
  return {
    ...told,
    method: "GET",
    parameters: [...parameters, "Traceparent"],
    answers: [
      {
        status: 200,
        description: "As it is now.",
        mediaType: "application/json",
        schema,
        examples: { example },
      },
    ],
    problems: [...problems, "unavailable"],
  };
}

/** Anybody may read it. */
export function open(
  schema: z.ZodType,
  example: unknown,
  mediaType: string,
  place: Pick<Place, "route" | "summary" | "description">,
): Operation {
  const told = query(schema, example, { ...place, tag: "Service" });
  return { ...as(mediaType, told), parameters: [], problems: [] };
}

/** The same, answered as another media type. */
export function as(mediaType: string, operation: Operation): Operation {
  const { answers: given, ...rest } = operation;
  return { ...rest, answers: given.map((answer) => ({ ...answer, mediaType })) };
}
