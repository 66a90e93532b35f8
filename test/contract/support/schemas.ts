/** JSON Schema 2020-12, as a validator reads it that knows nothing of zod. */
import { Ajv2020 } from "ajv/dist/2020.js";
import type { ValidateFunction } from "ajv";
import formats from "ajv-formats";

/** `strict`: what it does not understand is an error, such as a misspelt keyword. */
export function newValidator(): Ajv2020 {
  const validator = new Ajv2020({ strict: true, strictRequired: false, allErrors: true });
  formats.default(validator);
  return validator;
}

/** One line for each thing that is wrong with a value. */
export function faultsOf(validate: ValidateFunction, value: unknown): readonly string[] {
  if (validate(value)) return [];
  return (validate.errors ?? []).map(
    ({ instancePath, message = "", params }) =>
      `${instancePath === "" ? "it" : instancePath} ${message} ${JSON.stringify(params)}`,
  );
}
