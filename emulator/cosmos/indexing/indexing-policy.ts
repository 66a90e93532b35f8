import type { JsonObject, JsonValue } from "../sql/index.ts";
import { badRequest } from "../protocol/errors.ts";
import { asObject } from "../protocol/json-body.ts";
import { pathSegments } from "../partitioning/partition-key.ts";

/** The policy of a container that states none: everything except the etag is indexed. */
export const defaultIndexingPolicy = {
  indexingMode: "consistent",
  automatic: true,
  includedPaths: [{ path: "/*" }],
  excludedPaths: [{ path: '/"_etag"/?' }],
} as const;

/**
 * A policy as a tree of property names, "[]" standing for the items of an array. A rule on a value
 * itself (`/path/?`) goes before the rule of the closest subtree (`/path/*`) above it.
 */
export type IndexNode = {
  value?: boolean;
  subtree?: boolean;
  readonly children: Map<string, IndexNode>;
};

type CompositeIndex = readonly {
  readonly path: readonly string[];
  readonly isAscending: boolean;
}[];

export type IndexingPolicy = {
  readonly root: IndexNode;
  /** False with indexing mode "none": then there is not even the index of ids and times. */
  readonly isConsistent: boolean;
  /** Whether any path is indexed beside those of the system. */
  readonly indexesAnything: boolean;
  readonly composites: readonly CompositeIndex[];
};

/**
 * Reads the `indexingPolicy` of a container. Spatial, vector and full-text indexes are refused,
 * because nothing here could use them. Throws 400 if a path is malformed.
 */
export function compileIndexingPolicy(policy: JsonObject): IndexingPolicy {
  for (const kind of ["spatialIndexes", "vectorIndexes", "fullTextIndexes"]) {
    const indexes = policy[kind];
    if (Array.isArray(indexes) && indexes.length > 0) throw badRequest(`${kind} is not supported.`);
  }
  const root: IndexNode = { children: new Map() };
  const mode = typeof policy["indexingMode"] === "string" ? policy["indexingMode"] : "consistent";
  if (mode.toLowerCase() === "none") {
    return { root, isConsistent: false, indexesAnything: false, composites: [] };
  }
  const included = readPaths(policy, "includedPaths");
  const excluded = readPaths(policy, "excludedPaths");
  if (![...included, ...excluded].includes("/*")) {
    throw badRequest('The indexing policy must include or exclude the root path "/*".');
  }
  for (const path of included) addRule(root, path, true);
  for (const path of excluded) addRule(root, path, false);
  const composites = readComposites(policy["compositeIndexes"] ?? []);
  return { root, isConsistent: true, indexesAnything: included.length > 0, composites };
}

function readPaths(policy: JsonObject, list: string): readonly string[] {
  const entries = policy[list] ?? [];
  if (!Array.isArray(entries)) throw badRequest(`indexingPolicy.${list} must be an array.`);
  return entries.map((entry: unknown) => {
    const { path } = asObject(entry, `An entry of indexingPolicy.${list}`);
    if (typeof path !== "string" || !/^\/(.*\/)?[?*]$/.test(path)) {
      throw badRequest(`An indexing path must start with "/" and end with "/?" or "/*".`);
    }
    return path;
  });
}

function readComposites(indexes: JsonValue): readonly CompositeIndex[] {
  if (!Array.isArray(indexes)) throw badRequest("compositeIndexes must be an array of arrays.");
  return indexes.map((index: unknown) => {
    if (!Array.isArray(index)) throw badRequest("compositeIndexes must be an array of arrays.");
    return index.map((entry: unknown) => {
      const { path, order } = asObject(entry, "An entry of a composite index");
      if (typeof path !== "string") throw badRequest("A composite index needs paths.");
      return { path: pathSegments(path), isAscending: order !== "descending" };
    });
  });
}

function addRule(root: IndexNode, path: string, included: boolean): void {
  const segments = pathSegments(path.slice(0, -1));
  let node = root;
  for (const segment of segments) {
    let child = node.children.get(segment);
    if (child === undefined) {
      child = { children: new Map() };
      node.children.set(segment, child);
    }
    node = child;
  }
  if (path.endsWith("?")) node.value = included;
  else node.subtree = included;
}

/** Whether the scalar values on a path are in the index. */
export function isIndexed(segments: readonly string[], policy: IndexingPolicy): boolean {
  if (!policy.indexesAnything) return false;
  let node: IndexNode | undefined = policy.root;
  let inherited = policy.root.subtree ?? false;
  for (const segment of segments) {
    node = node?.children.get(segment);
    inherited = node?.subtree ?? inherited;
  }
  return node?.value ?? inherited;
}

/** Paths the service indexes whatever the policy says ("Indexing policies", system properties). */
const systemPaths = new Set(["id", "_ts"]);

/** Whether ORDER BY may name the path. */
export function canOrderBy(segments: readonly string[], policy: IndexingPolicy): boolean {
  return (
    (policy.isConsistent && systemPaths.has(segments.join("/"))) || isIndexed(segments, policy)
  );
}
