/** The change feeds' positions, as lease documents: for tests that have everything delivered again. */
import type { Stored, StoredFields } from "./stored.ts";

export type LeaseDocument = StoredFields & {
  readonly LeaseToken: string;
  readonly Owner: string | null;
  readonly ContinuationToken: string | null;
};

/** The leases of all ranges of both feeds, without the markers beside them. */
export async function leasesIn(stored: Stored): Promise<readonly LeaseDocument[]> {
  const documents = await stored.all<Partial<LeaseDocument> & StoredFields>("leases");
  return documents.filter((document): document is LeaseDocument => "LeaseToken" in document);
}

/** How far each feed has been delivered in each of its ranges, by the id of the lease. */
export async function positionsIn(stored: Stored): Promise<ReadonlyMap<string, number>> {
  const leases = await leasesIn(stored);
  return new Map(
    leases.map(({ id, ContinuationToken: token }) => [id, Number(token?.replaceAll('"', "") ?? 0)]),
  );
}

/** Takes every lease from its owner and puts its feed back to the very beginning. */
export async function rewind(stored: Stored): Promise<void> {
  for (const { id } of await leasesIn(stored))
    await stored
      .container("leases")
      .item(id, id)
      .patch([
        { op: "set", path: "/Owner", value: null },
        { op: "set", path: "/ContinuationToken", value: null },
      ]);
}
