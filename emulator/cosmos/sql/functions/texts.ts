import { createRegExp } from "../regular-expression.ts";
import { SqlError } from "../sql-error.ts";
import { isArray, isObject, type Value } from "../values.ts";
import { type BuiltIn, isInteger, isText, ofTexts } from "./built-in.ts";

const longestReplicate = 10_000;

/** "String functions". */
export const textFunctions: Readonly<Record<string, BuiltIn>> = {
  CONCAT: {
    arity: [2, Number.POSITIVE_INFINITY],
    apply: (...texts) => (texts.every(isText) ? texts.join("") : undefined),
  },
  CONTAINS: ignoringCase((text, part) => text.includes(part)),
  ENDSWITH: ignoringCase((text, end) => text.endsWith(end)),
  INDEX_OF: { arity: [2, 3], apply: indexOf },
  LEFT: { arity: [2, 2], apply: (text, length) => substring(text, 0, length) },
  LENGTH: ofTexts((text) => text.length),
  LOWER: ofTexts((text) => text.toLowerCase()),
  LTRIM: ofTexts((text) => text.trimStart()),
  REGEXMATCH: { arity: [2, 3], apply: regexMatch },
  REPLACE: ofTexts((text, part, by) => (part === "" ? undefined : text.replaceAll(part, () => by))),
  REPLICATE: { arity: [2, 2], apply: replicate },
  REVERSE: ofTexts((text) => Array.from(text).reverse().join("")),
  RIGHT: { arity: [2, 2], apply: right },
  RTRIM: ofTexts((text) => text.trimEnd()),
  STARTSWITH: ignoringCase((text, start) => text.startsWith(start)),
  STRINGEQUALS: ignoringCase((text, other) => text === other),
  STRINGJOIN: {
    arity: [2, 2],
    apply: (items, separator) =>
      isArray(items) && items.every(isText) && isText(separator)
        ? items.join(separator)
        : undefined,
  },
  STRINGSPLIT: ofTexts((text, separator) => text.split(separator)),
  STRINGTOARRAY: parsing(isArray),
  STRINGTOBOOLEAN: parsing((value) => typeof value === "boolean"),
  STRINGTONULL: parsing((value) => value === null),
  STRINGTONUMBER: parsing((value) => typeof value === "number"),
  STRINGTOOBJECT: parsing(isObject),
  SUBSTRING: { arity: [3, 3], apply: substring },
  TOSTRING: {
    arity: [1, 1],
    apply: (value) => (value === undefined || isText(value) ? value : JSON.stringify(value)),
  },
  TRIM: ofTexts((text) => text.trim()),
  UPPER: ofTexts((text) => text.toUpperCase()),
};

/** Two texts, and whether the case of letters is ignored. */
function ignoringCase(test: (text: string, other: string) => boolean): BuiltIn {
  const apply = (text: Value, other: Value, ignoresCase: Value = false): Value => {
    if (!isText(text) || !isText(other) || typeof ignoresCase !== "boolean") return undefined;
    return ignoresCase ? test(text.toLowerCase(), other.toLowerCase()) : test(text, other);
  };
  return { arity: [2, 3], apply };
}

/** The JSON a text holds, if it is of the wanted type. */
function parsing(isWanted: (value: Value) => boolean): BuiltIn {
  return ofTexts((text) => {
    const value = parseJson(text);
    return isWanted(value) ? value : undefined;
  });
}

function parseJson(text: string): Value {
  try {
    return JSON.parse(text) as Value;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function indexOf(text: Value, part: Value, start: Value = 0): Value {
  if (!isText(text) || !isText(part) || !isInteger(start) || start < 0) return undefined;
  return text.indexOf(part, start);
}

function substring(text: Value, start: Value, length: Value): Value {
  if (!isText(text) || !isInteger(start) || !isInteger(length)) return undefined;
  return start < 0 || length <= 0 ? "" : text.slice(start, start + length);
}

function right(text: Value, length: Value): Value {
  if (!isText(text) || !isInteger(length)) return undefined;
  return length <= 0 ? "" : text.slice(-length);
}

function replicate(text: Value, times: Value): Value {
  if (!isText(text) || !isInteger(times) || times < 0) return undefined;
  return text.length * times > longestReplicate ? undefined : text.repeat(times);
}

function regexMatch(text: Value, pattern: Value, modifiers: Value = ""): Value {
  if (!isText(text) || !isText(pattern) || !isText(modifiers)) return undefined;
  if (!/^[mis]*$/.test(modifiers)) {
    throw new SqlError(`RegexMatch supports the modifiers m, i and s, not "${modifiers}".`);
  }
  return createRegExp(pattern, modifiers).test(text);
}
