import { isArray, type JsonObject, type JsonValue, property } from "../sql/index.ts";
import type { IndexingPolicy, IndexNode } from "./indexing-policy.ts";

/**
 * One entry of the inverted index: a path and the value found there. The kind orders values of
 * different types as the query language does; arrays and objects are entered by kind alone, so
 * that an ordered read can tell that they are there.
 */
export type IndexTerm = {
  /** Property names joined by "/", the items of an array as "[]": `lines/[]/amount`. */
  readonly path: string;
  readonly kind: TermKind;
  readonly value: string | number;
};

export const termKind = {
  null: 1,
  false: 2,
  true: 3,
  number: 4,
  string: 5,
  array: 6,
  object: 7,
} as const;
export type TermKind = (typeof termKind)[keyof typeof termKind];

/** Only scalar terms cost request units; arrays and objects are paid for by what they hold. */
export const isCharged = (term: IndexTerm): boolean => term.kind < termKind.array;

export const termPath = (segments: readonly string[]): string =>
  segments.map(escapeSegment).join("/");

const escapeSegment = (name: string): string =>
  /[~/[]/.test(name)
    ? name.replaceAll("~", "~0").replaceAll("/", "~1").replaceAll("[", "~2")
    : name;

export const termOf = (value: JsonValue): Pick<IndexTerm, "kind" | "value"> => {
  if (typeof value === "string") return { kind: termKind.string, value: sortableText(value) };
  if (typeof value === "number") return { kind: termKind.number, value };
  if (typeof value === "boolean") return { kind: value ? termKind.true : termKind.false, value: 0 };
  if (value === null) return { kind: termKind.null, value: 0 };
  return { kind: Array.isArray(value) ? termKind.array : termKind.object, value: 0 };
};

/**
 * SQLite orders texts by Unicode code point, queries by UTF-16 code unit. Moving the units from
 * U+D800 up to code points of their own, in the same order, makes both agree.
 */
function sortableText(text: string): string {
  return text.replace(/[\ud800-\uffff]/g, (unit) =>
    String.fromCodePoint(unit.charCodeAt(0) + 0x800),
  );
}

/** Server-made properties are indexed by the service without charge, and not entered here. */
const systemProperties = new Set(["_rid", "_self", "_etag", "_attachments", "_ts"]);

/** The distinct terms of a document under a policy, keyed by their text. */
export function indexTerms(
  document: JsonObject,
  policy: IndexingPolicy,
): ReadonlyMap<string, IndexTerm> {
  const terms = new Map<string, IndexTerm>();
  if (!policy.indexesAnything) return terms;
  visitObject(document, "", policy.root, policy.root.subtree ?? false);
  return terms;

  function visit(
    value: JsonValue,
    path: string,
    node: IndexNode | undefined,
    above: boolean,
  ): void {
    const inherited = node?.subtree ?? above;
    if (node?.value ?? inherited) {
      const term = { path, ...termOf(value) };
      terms.set(`${path}\n${term.kind}${term.value}`, term);
    }
    if (typeof value !== "object" || value === null) return;
    if (!inherited && (node === undefined || node.children.size === 0)) return;
    if (isArray(value)) {
      for (const item of value) visit(item, `${path}/[]`, node?.children.get("[]"), inherited);
    } else visitObject(value, `${path}/`, node, inherited);
  }

  function visitObject(
    object: JsonObject,
    prefix: string,
    node: IndexNode | undefined,
    inherited: boolean,
  ): void {
    const names = inherited ? Object.keys(object) : (node?.children.keys() ?? []);
    for (const name of names) {
      const value = property(object, name);
      if (value === undefined || (prefix === "" && systemProperties.has(name))) continue;
      visit(value, prefix + escapeSegment(name), node?.children.get(name), inherited);
    }
  }
}
