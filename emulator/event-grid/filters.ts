import { EventGridError } from "./errors.ts";
import { isJsonObject, type JsonObject } from "../shared/json.ts";
import { valueAt } from "./value-at.ts";

/** Which events a subscription wants; names as in ARM. All that are given must hold. */
export type Filter = {
  /** Absent, empty or containing "All": every type. */
  readonly includedEventTypes?: readonly string[] | null;
  readonly subjectBeginsWith?: string;
  readonly subjectEndsWith?: string;
  readonly isSubjectCaseSensitive?: boolean;
  /** Without it a key whose value is an array matches nothing. */
  readonly enableAdvancedFilteringOnArrays?: boolean;
  readonly advancedFilters?: readonly AdvancedFilter[];
};

type AdvancedFilter = { readonly key: string } & (
  | { readonly operatorType: TextOperator; readonly values: readonly string[] }
  | { readonly operatorType: NumberListOperator; readonly values: readonly number[] }
  | { readonly operatorType: NumberOperator; readonly value: number }
  | { readonly operatorType: RangeOperator; readonly values: readonly (readonly number[])[] }
  | { readonly operatorType: "BoolEquals"; readonly value: boolean }
  | { readonly operatorType: "IsNullOrUndefined" | "IsNotNull" }
);

type TextOperator =
  | "StringIn"
  | "StringNotIn"
  | "StringBeginsWith"
  | "StringNotBeginsWith"
  | "StringEndsWith"
  | "StringNotEndsWith"
  | "StringContains"
  | "StringNotContains";
type NumberListOperator = "NumberIn" | "NumberNotIn";
type NumberOperator =
  "NumberLessThan" | "NumberLessThanOrEquals" | "NumberGreaterThan" | "NumberGreaterThanOrEquals";
type RangeOperator = "NumberInRange" | "NumberNotInRange";

type Predicate = (event: JsonObject) => boolean;

/**
 * Makes the test of a filter (documentation: "Understand event filtering for Event Grid
 * subscriptions"). Event types are compared exactly, text in advanced filters in any case.
 * @throws EventGridError 400 for an unknown operator, or more than the documented limits
 */
export function compileFilter(filter: Filter): Predicate {
  const tests: Predicate[] = [
    ...typeTests(filter),
    ...subjectTests(filter),
    ...advancedTests(filter),
  ];
  return (event) => tests.every((test) => test(event));
}

function typeTests(filter: Filter): readonly Predicate[] {
  const given: unknown = filter.includedEventTypes ?? [];
  if (!Array.isArray(given) || !given.every((type) => typeof type === "string")) {
    throw invalid("includedEventTypes is a list of texts.");
  }
  const types = new Set<string>(given);
  if (types.size === 0 || types.has("All")) return [];
  return [(event) => types.has(String(event["eventType"] ?? event["type"]))];
}

function subjectTests(filter: Filter): readonly Predicate[] {
  const { isSubjectCaseSensitive } = filter;
  const subjectBeginsWith: unknown = filter.subjectBeginsWith ?? "";
  const subjectEndsWith: unknown = filter.subjectEndsWith ?? "";
  if (typeof subjectBeginsWith !== "string" || typeof subjectEndsWith !== "string") {
    throw invalid("subjectBeginsWith and subjectEndsWith are texts.");
  }
  if (subjectBeginsWith === "" && subjectEndsWith === "") return [];
  const fold = (text: string): string =>
    isSubjectCaseSensitive === true ? text : text.toLowerCase();
  const [start, end] = [fold(subjectBeginsWith), fold(subjectEndsWith)];
  return [
    ({ subject }) => {
      const text = fold(typeof subject === "string" ? subject : "");
      return text.startsWith(start) && text.endsWith(end);
    },
  ];
}

const maxAdvancedFilters = 25;
const maxValues = 25;
const maxTextLength = 512;

function advancedTests(filter: Filter): readonly Predicate[] {
  const { enableAdvancedFilteringOnArrays = false } = filter;
  const advancedFilters: unknown = filter.advancedFilters ?? [];
  if (!Array.isArray(advancedFilters) || !advancedFilters.every(isJsonObject)) {
    throw invalid("advancedFilters is a list of objects.");
  }
  if (advancedFilters.length > maxAdvancedFilters) {
    throw invalid(`A subscription has at most ${maxAdvancedFilters} advanced filters.`);
  }
  const values = advancedFilters.flatMap(valuesIn);
  if (values.length > maxValues) {
    throw invalid(`The advanced filters of a subscription have at most ${maxValues} values.`);
  }
  if (values.some((value) => typeof value === "string" && value.length > maxTextLength)) {
    throw invalid(`A text in an advanced filter has at most ${maxTextLength} characters.`);
  }
  return advancedFilters.map((each) => {
    if (!isAdvancedFilter(each)) {
      throw invalid(`An advanced filter needs key and one of ${[...operators].join(", ")}.`);
    }
    return compileAdvanced(each, enableAdvancedFilteringOnArrays);
  });
}

const operators: ReadonlySet<unknown> = new Set([
  "StringIn",
  "StringNotIn",
  "StringBeginsWith",
  "StringNotBeginsWith",
  "StringEndsWith",
  "StringNotEndsWith",
  "StringContains",
  "StringNotContains",
  "NumberIn",
  "NumberNotIn",
  "NumberLessThan",
  "NumberLessThanOrEquals",
  "NumberGreaterThan",
  "NumberGreaterThanOrEquals",
  "NumberInRange",
  "NumberNotInRange",
  "BoolEquals",
  "IsNullOrUndefined",
  "IsNotNull",
] satisfies AdvancedFilter["operatorType"][]);

/** Filters may come from outside as JSON; their values are looked at by their operators. */
function isAdvancedFilter(filter: JsonObject): filter is JsonObject & AdvancedFilter {
  const { key, operatorType } = filter;
  return typeof key === "string" && key !== "" && operators.has(operatorType);
}

function valuesIn({ values, value }: JsonObject): readonly unknown[] {
  if (Array.isArray(values)) return values;
  return value === undefined ? [] : [value];
}

/** What an event without the key means to a filter. */
const matchesWhenAbsent: ReadonlySet<string> = new Set(["NumberNotIn", "StringNotIn"]);

function compileAdvanced(filter: AdvancedFilter, onArrays: boolean): Predicate {
  const { key, operatorType } = filter;
  const isAbsent = (value: unknown): boolean => value === undefined || value === null;
  if (operatorType === "IsNullOrUndefined") return (event) => isAbsent(valueAt(event, key));
  if (operatorType === "IsNotNull") return (event) => !isAbsent(valueAt(event, key));

  const hits = hitTest(filter);
  const isNegated = operatorType.includes("Not");
  return (event) => {
    const value = valueAt(event, key);
    if (isAbsent(value)) return matchesWhenAbsent.has(operatorType);
    if (Array.isArray(value) && !onArrays) return false;
    const found = (Array.isArray(value) ? value : [value]).some(hits);
    return found !== isNegated;
  };
}

/** Whether one value of the key meets the filter, negation aside; other types never do. */
function hitTest(filter: AdvancedFilter): (value: unknown) => boolean {
  switch (filter.operatorType) {
    case "StringIn":
    case "StringNotIn":
      return textTest(filter, (text, wanted) => text === wanted);
    case "StringBeginsWith":
    case "StringNotBeginsWith":
      return textTest(filter, (text, wanted) => text.startsWith(wanted));
    case "StringEndsWith":
    case "StringNotEndsWith":
      return textTest(filter, (text, wanted) => text.endsWith(wanted));
    case "StringContains":
    case "StringNotContains":
      return textTest(filter, (text, wanted) => text.includes(wanted));
    case "NumberIn":
    case "NumberNotIn": {
      const numbers = list(filter.values, (value) => typeof value === "number", filter);
      return (value) => typeof value === "number" && numbers.includes(value);
    }
    case "NumberInRange":
    case "NumberNotInRange": {
      const ranges = list(filter.values, isRange, filter);
      return (value) =>
        typeof value === "number" &&
        ranges.some(([low = NaN, high = NaN]) => value >= low && value <= high);
    }
    case "NumberLessThan":
      return numberTest(filter, (value, limit) => value < limit);
    case "NumberLessThanOrEquals":
      return numberTest(filter, (value, limit) => value <= limit);
    case "NumberGreaterThan":
      return numberTest(filter, (value, limit) => value > limit);
    case "NumberGreaterThanOrEquals":
      return numberTest(filter, (value, limit) => value >= limit);
    case "BoolEquals": {
      if (typeof filter.value !== "boolean") throw invalid("BoolEquals needs a boolean value.");
      return (value) => value === filter.value;
    }
    case "IsNullOrUndefined":
    case "IsNotNull":
      return () => false;
  }
}

function textTest(
  filter: Extract<AdvancedFilter, { operatorType: TextOperator }>,
  compare: (text: string, wanted: string) => boolean,
): (value: unknown) => boolean {
  const isText = (value: unknown): boolean => typeof value === "string";
  const wanted = list(filter.values, isText, filter).map((value) => value.toLowerCase());
  return (value) => {
    if (typeof value !== "string") return false;
    const text = value.toLowerCase();
    return wanted.some((each) => compare(text, each));
  };
}

function numberTest(
  { operatorType, value: limit }: Extract<AdvancedFilter, { operatorType: NumberOperator }>,
  compare: (value: number, limit: number) => boolean,
): (value: unknown) => boolean {
  if (typeof limit !== "number") throw invalid(`${operatorType} needs a number as value.`);
  return (value) => typeof value === "number" && compare(value, limit);
}

function isRange(value: unknown): boolean {
  return (
    Array.isArray(value) && value.length === 2 && value.every((end) => typeof end === "number")
  );
}

function list<T>(
  values: readonly T[],
  isFit: (value: unknown) => boolean,
  { operatorType }: AdvancedFilter,
): readonly T[] {
  const isList: boolean = Array.isArray(values);
  if (isList && values.every(isFit)) return values;
  throw invalid(`The values of ${operatorType} do not fit it.`);
}

function invalid(message: string): EventGridError {
  return new EventGridError(400, message);
}
