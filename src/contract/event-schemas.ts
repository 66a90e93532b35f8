/**
 * The schema of each integration event there is, for whoever subscribes: JSON Schema, from the very schemas that the
 * publisher and the subscribers here use.
 */
import { z } from "zod";
import { dataSchemas, envelopeSchema } from "../modules/account/integration-event-schemas.ts";
import type { IntegrationEventType } from "../modules/account/integration-events.ts";
import type { JsonSchema } from "./components.ts";
import { eventsTold } from "./events-told.ts";

export const integrationEventTypes = Object.keys(dataSchemas) as IntegrationEventType[];

/** A whole event, as JSON Schema 2020-12. Its members may become more, so none is forbidden. */
export function eventSchema(type: IntegrationEventType): JsonSchema {
  const event = envelopeSchema.extend({ type: z.literal(type), data: dataSchemas[type] });
  const { $schema, ...schema } = jsonSchema(event, "draft-2020-12");
  return {
    $schema,
    $id: `urn:saldo:event:${type}`,
    title: type,
    description: eventsTold[type].summary,
    ...schema,
  };
}

/** What is around the data of every event, as AsyncAPI takes it: JSON Schema draft 7. */
export function envelopeDraft7(): JsonSchema {
  return withoutDialect(jsonSchema(envelopeSchema, "draft-7"));
}

/** The data of one type, as AsyncAPI takes it: JSON Schema draft 7. */
export function dataDraft7(type: IntegrationEventType): JsonSchema {
  return withoutDialect(jsonSchema(dataSchemas[type], "draft-7"));
}

/** As a reader takes it in (`input`): what it does not know, it ignores. */
function jsonSchema(schema: z.ZodType, target: "draft-2020-12" | "draft-7"): JsonSchema {
  return z.toJSONSchema(schema, {
    target,
    io: "input",
    override: ({ jsonSchema: made }) => {
      // The expressions behind zod's formats are longer than what they say.
      if (made.format !== undefined) delete made.pattern;
    },
  });
}

function withoutDialect({ $schema: _, ...schema }: JsonSchema): JsonSchema {
  return schema;
}
