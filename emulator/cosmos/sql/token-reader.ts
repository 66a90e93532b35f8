import { type Token, tokenize } from "./lexer.ts";
import { locate, SqlError } from "./sql-error.ts";

/** Words that can be neither an alias nor a property name after a dot (write `c["order"]`). */
const reserved = new Set(
  `AND ARRAY AS ASC BETWEEN BY CASE CAST CONVERT CROSS DESC DISTINCT ELSE END ESCAPE EXISTS FALSE
  FOR FROM GROUP HAVING IN INNER INSERT INTO IS JOIN LEFT LIKE LIMIT NOT NULL OFFSET ON OR ORDER
  OUTER OVER RIGHT SELECT SET THEN TOP TRUE UDF UNDEFINED UPDATE VALUE WHEN WHERE WITH`.split(
    /\s+/,
  ),
);

/** A cursor over the tokens of a query, with the questions a parser asks. */
export type TokenReader = {
  peek(): Token;
  next(): Token;
  /** The keyword (in upper case) or symbol there, if the token there is one. */
  keyword(ahead?: number): string | undefined;
  /** Whether the token there is one of these keywords or symbols. */
  at(texts: readonly string[], ahead?: number): boolean;
  /** Takes the next token if it is this keyword or symbol. */
  accept(text: string): boolean;
  expect(text: string): Token;
  /** Whether the next token is a name that is not reserved. */
  atIdentifier(): boolean;
  identifier(what: string): string;
  /** Says that something else was needed where the next token is. */
  fail(needed: string): never;
};

export function createTokenReader(text: string): TokenReader {
  const tokens = tokenize(text);
  let position = 0;

  const tokenAt = (index: number): Token => {
    const token = tokens[Math.min(index, tokens.length - 1)];
    if (token === undefined) throw new Error("tokenize() gives at least the end token");
    return token;
  };
  const peek = (): Token => tokenAt(position);
  const next = (): Token => tokenAt(position++);
  const fail = (needed: string): never => {
    const { kind, text: found, offset } = peek();
    const shown = kind === "end" ? found : `"${found}"`;
    throw new SqlError(`Expected ${needed} but found ${shown} at ${locate(text, offset)}.`);
  };
  const keyword = (ahead = 0): string | undefined => {
    const token = tokenAt(position + ahead);
    if (token.kind === "symbol") return token.text;
    return token.kind === "name" ? token.text.toUpperCase() : undefined;
  };
  const at = (texts: readonly string[], ahead = 0): boolean => texts.includes(keyword(ahead) ?? "");
  const accept = (wanted: string): boolean => {
    if (!at([wanted])) return false;
    position += 1;
    return true;
  };
  const atIdentifier = (): boolean => peek().kind === "name" && !reserved.has(keyword() ?? "");

  return {
    peek,
    next,
    keyword,
    at,
    accept,
    atIdentifier,
    fail,
    expect: (wanted) => (at([wanted]) ? next() : fail(wanted)),
    identifier: (what) => (atIdentifier() ? next().text : fail(what)),
  };
}
