import { locate, SqlError } from "./sql-error.ts";

export type Token = {
  readonly kind: "name" | "number" | "string" | "parameter" | "symbol" | "end";
  /** The text as written; of a string, what its escapes stand for. */
  readonly text: string;
  readonly offset: number;
};

const blank = /(?:\s+|--[^\n]*|\/\*[\s\S]*?\*\/)*/y;

const patterns = [
  ["number", /(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?/y],
  ["name", /[A-Za-z_]\w*/y],
  ["parameter", /@\w+/y],
  ["string", /"(?:[^"\\]|\\[\s\S])*"|'(?:[^'\\]|\\[\s\S])*'/y],
  ["symbol", />>>|!=|<>|<=|>=|<<|>>|\|\||\?\?|[-=<>+*/%&|^~?:.,()[\]{}]/y],
] as const;

/** Splits a query text into tokens, the last of which is the "end" token. */
export function tokenize(text: string): readonly Token[] {
  const tokens: Token[] = [];
  let offset = skipBlank(text, 0);
  while (offset < text.length) {
    const { token, length } = tokenAt(text, offset);
    tokens.push(token);
    offset = skipBlank(text, offset + length);
  }
  return [...tokens, { kind: "end", text: "the end of the query", offset }];
}

function skipBlank(text: string, offset: number): number {
  return offset + (matchAt(blank, text, offset)?.length ?? 0);
}

function matchAt(pattern: RegExp, text: string, offset: number): string | undefined {
  pattern.lastIndex = offset;
  return pattern.exec(text)?.[0];
}

function tokenAt(text: string, offset: number): { readonly token: Token; readonly length: number } {
  for (const [kind, pattern] of patterns) {
    const match = matchAt(pattern, text, offset);
    if (match === undefined) continue;
    const content = kind === "string" ? unescape(match, text, offset) : match;
    return { token: { kind, text: content, offset }, length: match.length };
  }
  const character = String.fromCodePoint(text.codePointAt(offset) ?? 0);
  const isQuote = character === '"' || character === "'";
  const what = isQuote ? "The string is not closed that starts" : "Nothing starts";
  throw new SqlError(`${what} with ${character} at ${locate(text, offset)}.`);
}

const escapes = new Map(
  Object.entries({ b: "\b", f: "\f", n: "\n", r: "\r", t: "\t", '"': '"', "'": "'", "/": "/" }),
).set("\\", "\\");

function unescape(quoted: string, text: string, offset: number): string {
  const escape = /\\(?:u([0-9a-fA-F]{4})|([\s\S]))/g;
  return quoted.slice(1, -1).replace(escape, (written, code?: string, character = "") => {
    if (code !== undefined) return String.fromCharCode(Number.parseInt(code, 16));
    const meant = escapes.get(character as string);
    if (meant !== undefined) return meant;
    throw new SqlError(`${written} is no escape in the string at ${locate(text, offset)}.`);
  });
}
