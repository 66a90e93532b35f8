/** The table of operations as an OpenAPI 3.1 document (https://spec.openapis.org/oas/v3.1.1.html). */
import type { z } from "zod";
import { accessTo } from "./access-told.ts";
import { problem } from "./answers.ts";
import {
  componentNameOf,
  componentSchemas,
  type JsonSchema,
  parameterSchema,
  referenceTo,
} from "./components.ts";
import { type Answer, answerHeaders, type Operation, tags } from "./operation.ts";
import { eachOperation, type OperationId } from "./operations.ts";
import { type Parameter, type ParameterName, parameters } from "./parameters.ts";
import { exampleProblem, problemsTold, type ToldCode } from "./problems.ts";

export type OpenApiDocument = {
  readonly openapi: string;
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  readonly tags: readonly { readonly name: string; readonly description: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, OpenApiOperation>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, JsonSchema>>;
    readonly parameters: Readonly<Record<string, OpenApiParameter>>;
    readonly headers: Readonly<Record<string, object>>;
    readonly securitySchemes: Readonly<Record<string, object>>;
  };
};

export type OpenApiParameter = {
  readonly name: string;
  readonly in: "path" | "query" | "header";
  readonly required: boolean;
  readonly description: string;
  readonly schema: JsonSchema;
  readonly example?: string | number;
};

export type OpenApiOperation = {
  readonly operationId: string;
  readonly summary: string;
  readonly description?: string;
  readonly tags: readonly string[];
  readonly parameters: readonly { readonly $ref: string }[];
  readonly security?: readonly object[];
  readonly "x-roles"?: Readonly<Record<string, string>>;
  readonly requestBody?: { readonly required: true; readonly content: Content };
  readonly responses: Readonly<Record<string, OpenApiResponse>>;
};

type OpenApiResponse = {
  readonly description: string;
  readonly headers?: Readonly<Record<string, object>>;
  readonly content?: Content;
};

type Content = Readonly<Record<string, MediaType>>;

export type MediaType = {
  readonly schema: JsonSchema;
  readonly example?: unknown;
  readonly examples?: Readonly<Record<string, { readonly value: unknown }>>;
};

export function openApiDocument(): OpenApiDocument {
  const paths: Record<string, Record<string, OpenApiOperation>> = {};
  for (const [operationId, operation] of eachOperation()) {
    const path = `/api/${operation.route}`;
    const method = operation.method.toLowerCase();
    paths[path] = { ...paths[path], [method]: describe(operationId, operation) };
  }
  return {
    openapi: "3.1.1",
    info: { title: "Saldo", version: "1.0.0", description },
    tags: Object.entries(tags).map(([name, about]) => ({ name, description: about })),
    paths,
    components: {
      schemas: componentSchemas(),
      parameters: Object.fromEntries(
        Object.entries(parameters).map(([name, parameter]) => [name, describeParameter(parameter)]),
      ),
      headers: {
        ...Object.fromEntries(
          Object.entries(answerHeaders).map(([name, about]) => [name, header(about, "string")]),
        ),
        "Retry-After": header("Seconds until the same request may be sent again.", "integer"),
        "WWW-Authenticate": header("What kind of token is asked for (RFC 6750).", "string"),
      },
      securitySchemes: {
        accessToken: {
          type: "http",
          scheme: "bearer",
          bearerFormat: "JWT",
          description: "An access token of the OpenID Connect issuer that the bank trusts.",
        },
      },
    },
  };
}

const description =
  "The HTTP contract of Saldo, a prepaid-card backend. A POST does not act: it stores a command and tells where its " +
  "outcome will be. Money is a decimal string, never a JSON number; instants are ISO 8601 in UTC. Ignore members of an " +
  "answer that you do not know: there may be more of them one day.";

function header(about: string, type: "string" | "integer"): object {
  return { description: about, schema: { type } };
}

function describe(operationId: OperationId, operation: Operation): OpenApiOperation {
  const { summary, description: about, tag, request } = operation;
  const access = accessTo(operationId);
  return {
    operationId,
    summary,
    ...(about === undefined ? {} : { description: about }),
    tags: [tag],
    parameters: operation.parameters.map(parameterReference),
    ...(access === undefined ? {} : { security: [{ accessToken: [] }], "x-roles": access.roles }),
    ...(request === undefined
      ? {}
      : {
          requestBody: {
            required: true,
            content: {
              "application/json": { schema: reference(request.schema), example: request.example },
            },
          },
        }),
    responses: responsesOf(operation, access?.problems ?? []),
  };
}

function responsesOf(
  { answers, problems }: Operation,
  ofAccess: readonly ToldCode[],
): OpenApiOperation["responses"] {
  const codes = [...new Set([...problems, ...ofAccess])];
  const byStatus = Map.groupBy(codes, (code) => problemsTold[code].status);
  const refusals = [...byStatus].map(
    ([status, group]) => [status, problemResponse(group)] as const,
  );
  return Object.fromEntries([
    ...answers.map((answer) => [answer.status, answerResponse(answer)] as const),
    ...refusals,
  ]);
}

function answerResponse({ description: about, headers = [], ...answer }: Answer): OpenApiResponse {
  const { mediaType, schema, examples } = answer;
  const shown = Object.entries(examples).map(([name, value]) => [name, { value }]);
  return {
    description: about,
    ...(headers.length === 0
      ? {}
      : { headers: Object.fromEntries(headers.map((name) => [name, headerReference(name)])) }),
    content: {
      [mediaType]: { schema: reference(schema), examples: Object.fromEntries(shown) as object },
    },
  } as OpenApiResponse;
}

function problemResponse(codes: readonly ToldCode[]): OpenApiResponse {
  const headers = problemHeaders.filter(([, ...of]) => of.some((code) => codes.includes(code)));
  const examples = codes.map((code) => [code, { value: exampleProblem(code) }] as const);
  return {
    description: codes.map((code) => `\`${code}\`: ${problemsTold[code].when}`).join(" "),
    ...(headers.length === 0
      ? {}
      : { headers: Object.fromEntries(headers.map(([name]) => [name, headerReference(name)])) }),
    content: {
      "application/problem+json": {
        schema: {
          allOf: [
            reference(problem),
            { type: "object", properties: { code: { enum: codes } }, required: ["code"] },
          ],
        },
        examples: Object.fromEntries(examples),
      },
    },
  };
}

/** Which headers come with which problems. */
const problemHeaders: readonly (readonly [header: string, ...of: ToldCode[]])[] = [
  ["Retry-After", "unavailable", "too_many_requests"],
  ["WWW-Authenticate", "missing_token", "invalid_token"],
];

function describeParameter(parameter: Parameter): OpenApiParameter {
  const { name, in: place, description: about, isRequired = false, schema, example } = parameter;
  return {
    name,
    in: place,
    required: isRequired,
    description: about,
    schema: parameterSchema(schema),
    ...(example === undefined ? {} : { example }),
  };
}

function parameterReference(name: ParameterName): { readonly $ref: string } {
  return { $ref: `#/components/parameters/${name}` };
}

function headerReference(name: string): { readonly $ref: string } {
  return { $ref: `#/components/headers/${name}` };
}

function reference(schema: z.ZodType): { readonly $ref: string } {
  return referenceTo(componentNameOf(schema));
}
