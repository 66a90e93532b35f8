/**
 * The OpenAPI document as a TypeScript client: a type for each component, and a method for each operation. What it does
 * not know it refuses, so that nothing is left out silently.
 */
import type { JsonSchema } from "./components.ts";
import type { MediaType, OpenApiDocument, OpenApiOperation, OpenApiParameter } from "./openapi.ts";

/** The text of contract/client.ts, before it is formatted. */
export function clientSource(document: OpenApiDocument): string {
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
  const { schemas, parameters } = document.components;
  const parametersOf = (operation: OpenApiOperation): readonly OpenApiParameter[] =>
    operation.parameters.map((reference) => {
      const parameter = parameters[lastPart(reference.$ref)];
      if (parameter === undefined) throw new Error(`There is no parameter ${reference.$ref}.`);
      return parameter;
    });
  return `/**
 * A typed client of Saldo's HTTP contract. Generated from openapi.json by scripts/contract.ts: do not edit.
 *
 * Every answer that the contract knows is a value, told apart by its \`status\`; whatever else happens throws NoAnswer.
 */
/* eslint max-lines: "off", max-lines-per-function: "off" -- generated */
import { type Answer, call, type Call, type Connection, type Input } from "./call.ts";

export type SaldoClient = {
${operations.map(({ operation }) => methodOf(operation, parametersOf(operation))).join("\n")}
};

/** A problem of this status, which can only be one of these. */
type Refused<Status extends number, Code extends Problem["code"]> = Answer<
  Status,
  Problem & { readonly code: Code }
>;

/** What every operation takes besides its own. */
type Common = { readonly signal?: AbortSignal };

export function saldoClient(connection: Connection): SaldoClient {
  const methods = Object.entries(calls).map(([name, operation]) => [
    name,
    (input: Input = {}) => call(operation, input, connection),
  ]);
  return Object.fromEntries(methods) as SaldoClient;
}

const calls: Readonly<Record<keyof SaldoClient, Call>> = {
${operations.map((each) => callOf(each, parametersOf(each.operation))).join("\n")}
};

${Object.entries(schemas)
  .map(([name, schema]) => `${comment(schema)}export type ${name} = ${typeOf(schema)};`)
  .join("\n\n")}
`;
}

type Placed = {
  readonly path: string;
  readonly method: string;
  readonly operation: OpenApiOperation;
};

function methodOf(operation: OpenApiOperation, parameters: readonly OpenApiParameter[]): string {
  const { operationId, summary, requestBody, responses } = operation;
  const members = [
    ...inputs(parameters).map(({ name, isRequired, type }) =>
      isRequired ? `readonly ${name}: ${type};` : `readonly ${name}?: ${type} | undefined;`,
    ),
    ...(requestBody === undefined ? [] : [`readonly body: ${contentType(requestBody.content)};`]),
  ];
  const isOptional = members.every((member) => member.includes("?:"));
  const answers = Object.entries(responses).map(
    ([status, { content }]) =>
      refused(status, content) ?? `Answer<${status}, ${contentType(content)}>`,
  );
  const input = members.length === 0 ? "Common" : `Common & { ${members.join(" ")} }`;
  return `  /** ${summary}. */
  readonly ${operationId}: (input${isOptional ? "?" : ""}: ${input}) => Promise<${answers.join(" | ")}>;`;
}

function callOf(
  { path, method, operation }: Placed,
  parameters: readonly OpenApiParameter[],
): string {
  const chosen = inputs(parameters);
  const query = chosen.filter(({ parameter }) => parameter.in === "query");
  const headers = chosen.filter(({ parameter }) => parameter.in === "header");
  const call = {
    method: method.toUpperCase(),
    path,
    query: query.map(({ parameter }) => parameter.name),
    headers: Object.fromEntries(
      headers.map(({ parameter, name }) => [parameter.name.toLowerCase(), name]),
    ),
    isOpen: operation.security === undefined,
    answers: Object.fromEntries(
      Object.entries(operation.responses).map(([status, { content }]) => [
        status,
        onlyEntry(content)[0],
      ]),
    ),
  };
  return `  ${operation.operationId}: ${JSON.stringify(call)},`;
}

type ClientInput = {
  /** In the client's input; of a query parameter also its own. */
  readonly name: string;
  readonly type: string;
  readonly isRequired: boolean;
  readonly parameter: OpenApiParameter;
};

/**
 * Two rules of the contract make a client's life easier: `Prefer: wait=N` is the number `wait`, and the client draws an
 * Idempotency-Key where none is given. What can be said in the query or a header is said in the header.
 */
function inputs(parameters: readonly OpenApiParameter[]): readonly ClientInput[] {
  const headersFirst = parameters.toSorted(
    (a, b) => Number(b.in === "header") - Number(a.in === "header"),
  );
  const byName = new Map<string, ClientInput>();
  for (const parameter of headersFirst) {
    const isPreference = parameter.name === "Prefer";
    const name = isPreference ? "wait" : camelCase(parameter.name);
    if (byName.has(name)) continue;
    const type = isPreference ? "number" : typeOf(parameter.schema);
    const isRequired = parameter.required && parameter.name !== "Idempotency-Key";
    byName.set(name, { name, type, isRequired, parameter });
  }
  const order = ({ parameter }: ClientInput): number =>
    ["path", "query", "header"].indexOf(parameter.in);
  return [...byName.values()].toSorted((a, b) => order(a) - order(b));
}

function camelCase(name: string): string {
  const [first = "", ...others] = name.split("-");
  const isHeader = others.length > 0;
  const capital = (word: string): string =>
    word.charAt(0).toUpperCase() + word.slice(1).toLowerCase();
  return (isHeader ? first.toLowerCase() : first) + others.map(capital).join("");
}

type Content = OpenApiOperation["responses"][string]["content"];

/** `undefined` if it is no problem. */
function refused(status: string, content: Content): string | undefined {
  const schema = content?.["application/problem+json"]?.schema;
  if (schema === undefined) return undefined;
  const [, { properties }] = schema["allOf"] as [unknown, { properties: { code: unknown } }];
  return `Refused<${status}, ${typeOf(properties.code)}>`;
}

function contentType(content: Content): string {
  return typeOf(onlyEntry(content)[1].schema);
}

function onlyEntry(content: Content): readonly [mediaType: string, media: MediaType] {
  const [first, ...others] = Object.entries(content ?? {});
  if (first === undefined || others.length > 0)
    throw new Error("The client knows only contents of one media type.");
  return first;
}

/** A JSON Schema as a TypeScript type. */
function typeOf(schema: unknown): string {
  const { $ref, allOf, const: only, enum: values, type, ...more } = schema as JsonSchema;
  if (typeof $ref === "string") return lastPart($ref);
  if (Array.isArray(allOf)) return allOf.map(typeOf).join(" & ");
  if (only !== undefined) return JSON.stringify(only);
  if (Array.isArray(values)) return values.map((value) => JSON.stringify(value)).join(" | ");
  switch (type) {
    case "string":
    case "boolean":
      return type;
    case "number":
    case "integer":
      return "number";
    case "array":
      return `readonly (${typeOf(more["items"])})[]`;
    case "object":
      return objectType(more);
    default:
      throw new Error(`No type for the schema ${JSON.stringify(schema)}.`);
  }
}

function objectType({ properties = {}, required = [] }: JsonSchema): string {
  const members = Object.entries(properties as Record<string, JsonSchema>).map(([name, schema]) => {
    const mark = (required as readonly string[]).includes(name) ? "" : "?";
    return `${comment(schema)}readonly ${JSON.stringify(name)}${mark}: ${typeOf(schema)};`;
  });
  return members.length === 0 ? "Record<string, never>" : `{\n${members.join("\n")}\n}`;
}

function comment({ description }: JsonSchema): string {
  return typeof description === "string" ? `/** ${description} */\n` : "";
}

function lastPart(reference: string): string {
  return reference.slice(reference.lastIndexOf("/") + 1);
}
