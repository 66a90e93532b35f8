import type { IndexTerm } from "../indexing/index-terms.ts";
import {
  type AccessPath,
  byAnyTerm,
  byId,
  byOrder,
  byRange,
  byTerm,
  equalTerms,
  fewMatches,
  type Filters,
  type IndexableQuery,
  type QueryScope,
  scan,
  usefulFilters,
} from "./access-path.ts";
import { countWithTerm } from "./term-reads.ts";

/** Chooses the cheapest way to the documents; the query checks its conditions again itself. */
export function chooseAccessPath(scope: QueryScope, query: IndexableQuery): AccessPath {
  if (scope.partition === undefined) return scan(scope);
  const filters = usefulFilters(scope.container, query);
  const id = byId(scope, filters);
  if (id !== undefined) return id;
  const ordered = byOrder(scope, query);
  const { term, isFew } = rarestTerm(scope, filters, ordered !== undefined);
  if (!isFew && ordered?.isExact() === true) return ordered;
  if (term !== undefined) return byTerm(scope, term);
  const alternatives = byAnyTerm(scope, filters);
  if (alternatives?.isCheap() === true) return alternatives;
  return byRange(scope, filters) ?? scan(scope);
}

/** The term that the fewest documents have; counts only if there is something to choose from. */
function rarestTerm(
  { container, partition = "" }: QueryScope,
  filters: Filters,
  hasAlternative: boolean,
): { readonly term: IndexTerm | undefined; readonly isFew: boolean } {
  const terms = equalTerms(container, filters);
  const [only] = terms;
  if (terms.length === 0 || (terms.length === 1 && !hasAlternative)) {
    return { term: only, isFew: only !== undefined };
  }
  const counted = terms.map((term) => ({
    term,
    count: countWithTerm(container.documents, partition, term, fewMatches),
  }));
  const rarest = counted.reduce((left, right) => (right.count < left.count ? right : left));
  return { term: rarest.term, isFew: rarest.count < fewMatches };
}

/** Finds the way that an earlier page took, so that its cursor means the same. */
export function resumeAccessPath(
  scope: QueryScope,
  query: IndexableQuery,
  name: string,
): AccessPath | undefined {
  const filters = usefulFilters(scope.container, query);
  const paths = [
    byId(scope, filters),
    byAnyTerm(scope, filters),
    byOrder(scope, query),
    byRange(scope, filters),
    scan(scope),
  ];
  const terms = equalTerms(scope.container, filters).map((term) => byTerm(scope, term));
  return [...paths, ...terms].find((path) => path?.name === name);
}
