/** The words of a Bicep file (learn.microsoft.com/azure/azure-resource-manager/bicep/file). Line ends count: they separate. */

export type Token =
  | { readonly kind: "name" | "symbol"; readonly text: string; readonly line: number }
  | { readonly kind: "number"; readonly value: number; readonly line: number }
  | { readonly kind: "string"; readonly parts: readonly StringPart[]; readonly line: number }
  | { readonly kind: "newline" | "end"; readonly line: number };

/** Literal text, or the words of an interpolated expression. */
type StringPart = string | readonly Token[];

/** What is not Bicep. */
export class SyntaxFault extends Error {
  override readonly name = "SyntaxFault";
}

const symbols = /(?:==|!=|<=|>=|&&|\|\||\?\?|=>|::|\.\?|[{}[\]().,:?=<>!+\-*/%@|])/y;
const name = /[A-Za-z_][A-Za-z0-9_]*/y;
const number = /\d+/y;
const space = /(?:[ \t\r]+|\/\/[^\n]*|\/\*[^]*?\*\/)/y;

export function tokensOf(source: string): Token[] {
  return read(source, 0, 1, "end").tokens;
}

type Read = { readonly tokens: Token[]; readonly position: number; readonly line: number };

/** Reads to the end of the file, or to the brace that closes an interpolation. */
function read(source: string, start: number, startLine: number, until: "end" | "}"): Read {
  const tokens: Token[] = [];
  let position = start;
  let line = startLine;
  let depth = 0;

  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = position;
    const found = pattern.exec(source)?.[0];
    if (found !== undefined) {
      position += found.length;
      line += found.split("\n").length - 1;
    }
    return found;
  };

  while (position < source.length) {
    if (match(space) !== undefined) continue;
    if (source[position] === "\n") {
      tokens.push({ kind: "newline", line });
      line += 1;
      position += 1;
      continue;
    }
    if (source[position] === "'") {
      const string = readString(source, position, line);
      tokens.push(string.token);
      ({ position, line } = string);
      continue;
    }
    const digits = match(number);
    if (digits !== undefined) {
      tokens.push({ kind: "number", value: Number(digits), line });
      continue;
    }
    const word = match(name);
    if (word !== undefined) {
      tokens.push({ kind: "name", text: word, line });
      continue;
    }
    const text = match(symbols);
    if (text === undefined) throw new SyntaxFault(`Line ${line}: "${source[position] ?? ""}".`);
    if (text === "{") depth += 1;
    if (text === "}" && depth === 0 && until === "}") return closed(tokens, position, line);
    if (text === "}") depth -= 1;
    tokens.push({ kind: "symbol", text, line });
  }
  if (until === "}") throw new SyntaxFault(`Line ${startLine}: an interpolation never ends.`);
  return closed(tokens, position, line);
}

function closed(tokens: Token[], position: number, line: number): Read {
  return { tokens: [...tokens, { kind: "end", line }], position, line };
}

type ReadString = { readonly token: Token; readonly position: number; readonly line: number };

const escapes: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t" };

function readString(source: string, start: number, line: number): ReadString {
  const parts: StringPart[] = [];
  let text = "";
  let position = start + 1;
  while (position < source.length) {
    const character = source[position] ?? "";
    if (character === "'")
      return {
        token: { kind: "string", parts: [...parts, text], line },
        position: position + 1,
        line,
      };
    if (character === "\n") break;
    if (character === "\\") {
      const next = source[position + 1] ?? "";
      text += escapes[next] ?? next;
      position += 2;
    } else if (source.startsWith("${", position)) {
      const inner = read(source, position + 2, line, "}");
      parts.push(text, inner.tokens);
      text = "";
      ({ position } = inner);
    } else {
      text += character;
      position += 1;
    }
  }
  throw new SyntaxFault(`Line ${line}: a string never ends.`);
}
