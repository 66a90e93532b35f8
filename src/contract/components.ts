/** Named schemas: each becomes a component of the OpenAPI document, and a type of the client. */
import { z } from "zod";

export type JsonSchema = Readonly<Record<string, unknown>>;

type About = {
  /** The component's name. Without one, the schema is written where it is used. */
  readonly id?: string;
  readonly description?: string;
  readonly pattern?: string;
};

/** What clients send and what they get are described apart: the same value may be strict in one and lenient in the other. */
const requests = z.registry<About>();
const answers = z.registry<About>();

export function namedRequest<Schema extends z.ZodType>(schema: Schema, about: About): Schema {
  requests.add(schema, about);
  return schema;
}

export function namedAnswer<Schema extends z.ZodType>(
  id: string,
  description: string,
  schema: Schema,
): Schema {
  answers.add(schema, { id, description });
  return schema;
}

/** Says what a part of an answer is, where its name does not. */
export function explained<Schema extends z.ZodType>(description: string, schema: Schema): Schema {
  answers.add(schema, { description });
  return schema;
}

/** All components, by name. Requests as they are sent (before anything is trimmed or read), answers as they come. */
export function componentSchemas(): Readonly<Record<string, JsonSchema>> {
  const sent = z.toJSONSchema(requests, { ...options(requests), io: "input" }).schemas;
  const got = z.toJSONSchema(answers, {
    ...options(answers),
    io: "output",
    override: ({ jsonSchema }) => {
      readable(jsonSchema);
      // An answer may get new members at any time: who is strict about them breaks when it does.
      delete jsonSchema.additionalProperties;
    },
  }).schemas;
  const named = Object.entries({ ...sent, ...got }).map(([id, schema]) => {
    const { $schema: _, $id: __, ...component } = schema;
    return [id, component] as const;
  });
  return Object.fromEntries(named.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** A schema that is no component, for a parameter. */
export function parameterSchema(schema: z.ZodType): JsonSchema {
  const { $schema: _, ...plain } = z.toJSONSchema(schema, {
    io: "input",
    override: ({ jsonSchema }) => {
      readable(jsonSchema);
    },
  });
  return plain;
}

/** The name under which a schema is a component. */
export function componentNameOf(schema: z.ZodType): string {
  const name = (requests.get(schema) ?? answers.get(schema))?.id;
  if (name === undefined) throw new Error("The schema is no component.");
  return name;
}

export function referenceTo(id: string): { readonly $ref: string } {
  return { $ref: `#/components/schemas/${id}` };
}

function options(metadata: typeof requests): Parameters<typeof z.toJSONSchema>[1] & {
  metadata: typeof requests;
  uri: (id: string) => string;
} {
  return {
    metadata,
    uri: (id) => referenceTo(id).$ref,
    override: ({ jsonSchema }) => {
      readable(jsonSchema);
    },
  };
}

/** The expressions behind zod's formats are longer than what they say. */
function readable(schema: { format?: string; pattern?: string; maximum?: unknown }): void {
  if (schema.format !== undefined) delete schema.pattern;
}
