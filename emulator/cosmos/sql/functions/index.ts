import { arrayFunctions } from "./arrays.ts";
import type { BuiltIn } from "./built-in.ts";
import { dateFunctions } from "./dates.ts";
import { numberFunctions } from "./numbers.ts";
import { textFunctions } from "./texts.ts";
import { typeFunctions } from "./types.ts";

/** All built-in functions, by their name in upper case. */
export const builtIns: ReadonlyMap<string, BuiltIn> = new Map(
  [arrayFunctions, dateFunctions, numberFunctions, textFunctions, typeFunctions].flatMap(
    (functions) => Object.entries(functions),
  ),
);
