/** Commands as they are stored: what is read is checked before it is handled. */
import { z } from "zod";
import { parseStream } from "../../../domain/kernel/streams.ts";
import { type Fault, faultsIn, Malformed } from "../../platform/malformed.ts";
import type { CommandDocument, CommandEnvelope } from "./command.ts";
import type { Model } from "./model.ts";
import { envelope, streamForm, text } from "./stored-values.ts";

const commandSchema = z.object({
  ...envelope,
  stream: z.string().regex(streamForm, "must be the name of a stream"),
  data: z.looseObject({}),
});

/** What is stored in `commands`, or parked, as the command that it is. Throws `Malformed`, also of a type that is not known. */
export function readCommand(model: Model, raw: object): CommandEnvelope {
  const result = commandSchema.safeParse(raw);
  if (!result.success)
    throw new Malformed("not a command", { faults: faultsIn(result.error.issues) });
  const { commandId, stream, type, data } = result.data;
  const known = model.find(stream)?.commands;
  if (known === undefined) throw new Malformed("not a command", { faults: [unknown(stream)] });
  if ("id" in raw && raw.id !== commandId)
    throw new Malformed("not a command", {
      faults: [{ path: "commandId", message: "must be the document's id" }],
    });
  const schema = Object.hasOwn(known, type) ? known[type] : undefined;
  if (schema === undefined)
    throw new Malformed("not a command", {
      faults: [{ path: "type", message: `the command ${type} is not known here` }],
    });
  const read = schema.safeParse(data);
  if (!read.success)
    throw new Malformed(`not a ${type}`, { faults: faultsIn(read.error.issues, "data") });
  return raw as CommandEnvelope;
}

const envelopeSchema = commandSchema.omit({ data: true });

/** Whose command something is, whatever it asks for; `undefined` if that cannot be told. Its data are left out. */
export function readEnvelope(model: Model, raw: object): CommandEnvelope | undefined {
  const result = envelopeSchema.safeParse(raw);
  if (!result.success || model.find(result.data.stream) === undefined) return undefined;
  const isOther = "id" in raw && raw.id !== result.data.commandId;
  return isOther ? undefined : { ...result.data, data: {} };
}

const documentSchema = commandSchema.extend({ resource: text });

/** What is stored in `commands`, of whatever type and with whatever data. Throws `Malformed`. */
export function readStored(stored: CommandDocument): CommandDocument {
  const result = documentSchema.safeParse(stored);
  if (result.success) return stored;
  throw new Malformed(`commands/${stored.id}`, { faults: faultsIn(result.error.issues) });
}

function unknown(stream: string): Fault {
  const { category } = parseStream(stream);
  return { path: "stream", message: `the category ${category} is not known here` };
}
