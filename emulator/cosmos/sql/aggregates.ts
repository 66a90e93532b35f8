import { compareValues, type Value } from "./values.ts";

/** Takes the values of a group one by one; undefined values never count. */
export type Aggregate = { add(value: Value): void; result(): Value };

const factories: Readonly<Record<string, () => Aggregate>> = {
  COUNT: () => count((value) => value !== undefined),
  COUNTIF: () => count((value) => value === true),
  SUM: () => total((sum) => sum),
  AVG: () => total((sum, items) => (items === 0 ? undefined : sum / items)),
  MIN: () => extreme(-1),
  MAX: () => extreme(1),
};

export function isAggregate(name: string): boolean {
  return Object.hasOwn(factories, name);
}

export function createAggregate(name: string): Aggregate {
  const create = factories[name];
  if (create === undefined) throw new Error(`${name} is no aggregate`);
  return create();
}

function count(counts: (value: Value) => boolean): Aggregate {
  let items = 0;
  const add = (value: Value): void => {
    if (counts(value)) items += 1;
  };
  return { add, result: () => items };
}

/** Over numbers only: one value of another type makes the result undefined. */
function total(finish: (sum: number, items: number) => Value): Aggregate {
  let sum = 0;
  let items = 0;
  let onlyNumbers = true;
  const add = (value: Value): void => {
    if (value === undefined) return;
    if (typeof value === "number") sum += value;
    else onlyNumbers = false;
    items += 1;
  };
  return { add, result: () => (onlyNumbers ? finish(sum, items) : undefined) };
}

/** Over null, booleans, numbers and strings; an array or object makes the result undefined. */
function extreme(sign: 1 | -1): Aggregate {
  let best: Value;
  let comparable = true;
  const add = (value: Value): void => {
    if (value === undefined) return;
    if (typeof value === "object" && value !== null) comparable = false;
    else if (best === undefined || compareValues(value, best) * sign > 0) best = value;
  };
  return { add, result: () => (comparable ? best : undefined) };
}
