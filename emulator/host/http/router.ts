import { parseConstraint, type Constraint } from "./constraints.ts";

export type RouteMatch<T> = {
  readonly target: T;
  /** Decoded route parameters by name; an absent optional one is missing. */
  readonly params: Readonly<Record<string, string>>;
};

/**
 * Routes as ASP.NET Core resolves them: case-insensitive, at each segment a literal before a
 * constrained parameter, before a plain one, before a catch-all; a route that does not take the
 * method is passed over.
 */
export type Router<T> = {
  /** @throws Error for an unsupported template, or one already taken for one of the methods */
  add(template: string, methods: readonly string[], target: T): void;
  /** `path` as sent, without the query. */
  match(method: string, path: string): RouteMatch<T> | undefined;
};

type Segment =
  | { readonly kind: "literal"; readonly text: string }
  | (ParameterSegment & { readonly kind: "parameter" | "optional" | "catch-all" });

type ParameterSegment = {
  readonly name: string;
  readonly constraints: readonly Constraint[];
  /** As written, to tell routes apart. */
  readonly source: string;
};

type Branch<T> = { readonly parameter: ParameterSegment; readonly node: Node<T> };

type Node<T> = {
  readonly literals: Map<string, Node<T>>;
  /** Those with constraints first. */
  readonly parameters: Branch<T>[];
  readonly catchAlls: Branch<T>[];
  readonly targets: Map<string, T>;
};

export function createRouter<T>(): Router<T> {
  const root = createNode<T>();

  const register = (segments: readonly Segment[], methods: readonly string[], target: T): void => {
    const { targets } = segments.reduce(descend<T>, root);
    for (const method of methods) targets.set(method, target);
  };

  return {
    add: (template, methods, target) => {
      const segments = splitPath(template).map(parseSegment);
      const names = methods.map((name) => name.toUpperCase());
      for (const segment of segments.slice(0, -1)) {
        if (segment.kind === "optional" || segment.kind === "catch-all") {
          throw new Error(`"{${segment.source}}" can only end a route.`);
        }
      }
      const paths =
        segments.at(-1)?.kind === "optional" ? [segments, segments.slice(0, -1)] : [segments];
      for (const path of paths) {
        const { targets } = path.reduce(descend<T>, root);
        const taken = names.find((name) => targets.has(name));
        if (taken !== undefined)
          throw new Error(`Another function answers ${taken} at "${template}".`);
      }
      for (const path of paths) register(path, names, target);
    },
    match: (method, path) => {
      const params: [string, string][] = [];
      const segments = splitPath(path);
      const target = find(root, { method, segments, params }, 0);
      return target === undefined ? undefined : { target, params: Object.fromEntries(params) };
    },
  };
}

function createNode<T>(): Node<T> {
  return { literals: new Map(), parameters: [], catchAlls: [], targets: new Map() };
}

function descend<T>(node: Node<T>, segment: Segment): Node<T> {
  if (segment.kind === "literal") {
    const known = node.literals.get(segment.text);
    if (known !== undefined) return known;
    const next = createNode<T>();
    node.literals.set(segment.text, next);
    return next;
  }
  const branches = segment.kind === "catch-all" ? node.catchAlls : node.parameters;
  const known = branches.find(({ parameter }) => parameter.source === segment.source);
  if (known !== undefined) return known.node;
  const branch = { parameter: segment, node: createNode<T>() };
  branches.push(branch);
  branches.sort((a, b) => b.parameter.constraints.length - a.parameter.constraints.length);
  return branch.node;
}

type Search = {
  readonly method: string;
  readonly segments: readonly string[];
  /** Parameters on the way; shortened again on the way back. */
  readonly params: [string, string][];
};

function find<T>(node: Node<T>, search: Search, depth: number): T | undefined {
  const segment = search.segments[depth];
  if (segment === undefined) {
    return node.targets.get(search.method) ?? findCatchAll(node, search, depth);
  }
  const literal = node.literals.get(segment.toLowerCase());
  const found = literal && find(literal, search, depth + 1);
  if (found !== undefined) return found;

  for (const { parameter, node: next } of node.parameters) {
    const value = decodeSegment(segment);
    if (value === "" || !accepts(parameter, value)) continue;
    search.params.push([parameter.name, value]);
    const target = find(next, search, depth + 1);
    if (target !== undefined) return target;
    search.params.pop();
  }
  return findCatchAll(node, search, depth);
}

function findCatchAll<T>(node: Node<T>, search: Search, depth: number): T | undefined {
  for (const { parameter, node: next } of node.catchAlls) {
    const value = search.segments.slice(depth).map(decodeSegment).join("/");
    const target = next.targets.get(search.method);
    if (target === undefined || (value !== "" && !accepts(parameter, value))) continue;
    if (value !== "") search.params.push([parameter.name, value]);
    return target;
  }
  return undefined;
}

function accepts(parameter: ParameterSegment, value: string): boolean {
  return parameter.constraints.every((constraint) => constraint(value));
}

function splitPath(path: string): string[] {
  const start = path.startsWith("/") ? 1 : 0;
  const end = path.endsWith("/") ? path.length - 1 : path.length;
  return end <= start ? [] : path.slice(start, end).split("/");
}

/** ASP.NET Core leaves an encoded slash encoded, so that a segment stays one. */
function decodeSegment(segment: string): string {
  if (!segment.includes("%")) return segment;
  try {
    return decodeURIComponent(segment.replace(/%2f/gi, (slash) => `%25${slash.slice(1)}`));
  } catch {
    return segment;
  }
}

function parseSegment(text: string): Segment {
  if (!/[{}]/.test(text)) return { kind: "literal", text: text.toLowerCase() };
  const [, star, name, rest, optional] = /^\{(\*{0,2})(\w+)((?::[^?]+)*)(\?)?\}$/.exec(text) ?? [];
  if (star === undefined || name === undefined) {
    throw new Error(`The route segment "${text}" is not supported.`);
  }
  const constraints = splitConstraints(rest ?? "").map(parseConstraint);
  const kind = star !== "" ? "catch-all" : optional === "?" ? "optional" : "parameter";
  return { kind, name, constraints, source: text.slice(1, -1).replace("?", "") };
}

/** Splits at the colons outside parentheses: `:length(2):regex(a:b)`. */
function splitConstraints(text: string): string[] {
  return text.match(/[^:(]+(\([^)]*\))?/g) ?? [];
}
