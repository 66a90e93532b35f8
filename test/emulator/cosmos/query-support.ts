import type { Container, FeedOptions, SqlQuerySpec } from "@azure/cosmos";

type Pages = { readonly results: unknown[]; readonly sizes: number[]; readonly charges: number[] };

/** Runs a query to its end, page by page. */
export async function run(
  container: Container,
  query: string | SqlQuerySpec,
  options: FeedOptions = {},
): Promise<Pages> {
  const iterator = container.items.query<unknown>(query, options);
  const pages: Pages = { results: [], sizes: [], charges: [] };
  while (iterator.hasMoreResults()) {
    const { resources, requestCharge } = await iterator.fetchNext();
    // Past the end the SDK says so by a page without resources.
    const page = (resources as unknown[] | undefined) ?? [];
    pages.results.push(...page);
    pages.sizes.push(page.length);
    pages.charges.push(requestCharge);
  }
  return pages;
}

export const inA = { partitionKey: "a" };

/** Twenty documents, half in partition "a", the rest spread; every fifth has no `rank`. */
export async function filled(container: Container): Promise<Container> {
  for (let n = 0; n < 20; n += 1) {
    await container.items.create({
      id: String(n).padStart(2, "0"),
      pk: n % 2 === 0 ? "a" : `key-${n}`,
      n,
      team: n % 3,
      tags: [`tag-${n % 4}`, "all"],
      ...(n % 5 !== 0 && { rank: 100 - n }),
    });
  }
  return container;
}
