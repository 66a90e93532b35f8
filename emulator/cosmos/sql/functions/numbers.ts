import type { Value } from "../values.ts";
import { type BuiltIn, isNumber, ofNumbers } from "./built-in.ts";

/** "Mathematical functions". */
export const numberFunctions: Readonly<Record<string, BuiltIn>> = {
  ABS: ofNumbers((x) => Math.abs(x)),
  ACOS: ofNumbers((x) => Math.acos(x)),
  ASIN: ofNumbers((x) => Math.asin(x)),
  ATAN: ofNumbers((x) => Math.atan(x)),
  ATN2: ofNumbers((y, x) => Math.atan2(y, x)),
  CEILING: ofNumbers((x) => Math.ceil(x)),
  COS: ofNumbers((x) => Math.cos(x)),
  COT: ofNumbers((x) => 1 / Math.tan(x)),
  DEGREES: ofNumbers((x) => (x * 180) / Math.PI),
  EXP: ofNumbers((x) => Math.exp(x)),
  FLOOR: ofNumbers((x) => Math.floor(x)),
  LOG: { arity: [1, 2], apply: logarithm },
  LOG10: ofNumbers((x) => Math.log10(x)),
  PI: ofNumbers(() => Math.PI),
  POWER: ofNumbers((x, y) => x ** y),
  RADIANS: ofNumbers((x) => (x * Math.PI) / 180),
  ROUND: ofNumbers((x) => Math.sign(x) * Math.round(Math.abs(x))),
  SIGN: ofNumbers((x) => Math.sign(x)),
  SIN: ofNumbers((x) => Math.sin(x)),
  SQRT: ofNumbers((x) => Math.sqrt(x)),
  SQUARE: ofNumbers((x) => x * x),
  TAN: ofNumbers((x) => Math.tan(x)),
  TRUNC: ofNumbers((x) => Math.trunc(x)),
};

function logarithm(x: Value, base: Value = Math.E): Value {
  if (!isNumber(x) || !isNumber(base)) return undefined;
  const result = base === Math.E ? Math.log(x) : Math.log(x) / Math.log(base);
  return Number.isFinite(result) ? result : undefined;
}
