/** What the OpenAPI document says about answers, held against real ones. */
import type { ValidateFunction } from "ajv";
import type { JsonSchema } from "../../../src/contract/components.ts";
import type { OpenApiDocument, OpenApiOperation } from "../../../src/contract/openapi.ts";
import { faultsOf, newValidator } from "./schemas.ts";

type RealAnswer = {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
};

/** Judges values by schemas that refer to the document's components. */
export function openApiSchemas(document: OpenApiDocument): {
  /** One line for each thing that is wrong. */
  readonly validateAt: (schema: JsonSchema, value: unknown) => readonly string[];
} {
  const validator = newValidator();
  const id = "https://saldo.example/openapi";
  const placed = (schema: object): JsonSchema =>
    JSON.parse(
      JSON.stringify(schema).replaceAll("#/components/schemas/", `${id}#/$defs/`),
    ) as JsonSchema;
  validator.addSchema({ $id: id, $defs: placed(document.components.schemas) });
  const compiled = new Map<string, ValidateFunction>();
  return {
    validateAt: (schema, value) => {
      const text = JSON.stringify(schema);
      const known = compiled.get(text) ?? validator.compile(placed(schema));
      compiled.set(text, known);
      return faultsOf(known, value);
    },
  };
}

/**
 * One line for each thing in which an answer is not what the document says of its operation. Stricter than a client may be:
 * members that the document does not know are faults too.
 */
export function answerFaults(
  document: OpenApiDocument,
): (operation: OpenApiOperation, answer: RealAnswer) => readonly string[] {
  const { validateAt } = openApiSchemas(closed(document));
  return (operation, { status, headers, text }) => {
    const promised = operation.responses[`${status}`];
    if (promised === undefined) return [`${status} is not in the contract: ${text.slice(0, 200)}`];
    const missing = Object.keys(promised.headers ?? {}).filter(
      // Only a repetition is a hit.
      (name) => name !== "Idempotency-Hit" && !headers.has(name),
    );
    const mediaType = headers.get("content-type")?.split(";")[0] ?? "none";
    const content = promised.content?.[mediaType];
    const other = `${status} is answered as ${mediaType}`;
    return [
      ...missing.map((name) => `${status} has no ${name}`),
      ...(content === undefined
        ? [other]
        : validateAt(
            content.schema,
            mediaType.endsWith("json") ? (JSON.parse(text) as unknown) : text,
          )),
    ];
  };
}

/** With objects that may have no other members than those described. */
function closed(document: OpenApiDocument): OpenApiDocument {
  const { schemas } = document.components;
  const open = ["ContractDocument", "EventCatalogue"];
  const strict = Object.entries(schemas).map(([name, schema]) => [
    name,
    schema["type"] === "object" && !open.includes(name)
      ? { ...schema, unevaluatedProperties: false }
      : schema,
  ]);
  return {
    ...document,
    components: {
      ...document.components,
      schemas: Object.fromEntries(strict) as typeof schemas,
    },
  };
}
