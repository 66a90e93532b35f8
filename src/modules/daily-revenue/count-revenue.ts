/**
 * Event Grid → the revenue of each day. Every event is counted once, however often and in whatever order it comes: a
 * marker with the event's id and the addition to the totals are one transaction, so a repetition finds its marker and
 * changes nothing. Additions need no order and no agreement: instances add to the same totals side by side.
 */
import type { Documents, Write } from "../../platform/cosmos/documents.ts";
import { deriveId, shortHash } from "../../platform/digest.ts";
import { retryConflicts } from "../../platform/retry-conflicts.ts";
import type { IntegrationEvent } from "../account/integration-events.ts";
import { notStored, together } from "../../platform/cosmos/together.ts";
import { type Revenue, revenueOf, type RevenueTotals } from "./revenue-of.ts";

/** In `daily-revenue`; partition key: slice. */
export type RevenueDocument = CountedEvent | RevenueSlice;

/** That an event has been counted. */
type CountedEvent = { readonly id: string; readonly slice: string; readonly ttl: number };

/** A part of one day's revenue in one currency; the day is the sum of its slices. */
export type RevenueSlice = RevenueTotals & {
  readonly id: `totals-${string}`;
  /** `{day}#{0…3}`: a day in one logical partition would be a hot one. */
  readonly slice: string;
  readonly day: string;
  readonly currency: string;
};

const slicesPerDay = 4;
/** Event Grid gives up after 24 hours; the rest is for people who send dead letters once more. */
const markerSeconds = 30 * 24 * 60 * 60;
const mostTries = 8;

/** Safe to repeat and in any order; throws PlatformFault, so that Event Grid delivers the event again. */
export function countRevenue(
  documents: Documents<RevenueDocument>,
): (event: IntegrationEvent) => Promise<void> {
  const count = together<Uncounted>((slice, events) => countOnce(documents, slice, events));
  return async (event) => {
    const revenue = revenueOf(event);
    if (revenue === undefined) return;
    const id = deriveId(24, event.source, event.id);
    await count(`${revenue.day}#${shortHash(id) % slicesPerDay}`, { id, ...revenue });
  };
}

type Uncounted = Revenue & { readonly id: string };

async function countOnce(
  documents: Documents<RevenueDocument>,
  slice: string,
  events: readonly Uncounted[],
): Promise<void> {
  let uncounted = events;
  await retryConflicts({ attempts: mostTries, on: `the revenue of ${slice}` }, async () => {
    if (await documents.transact(slice, writesFor(slice, uncounted))) return true;
    // Either some have been counted, or they are the first of their slice: then its totals must be begun.
    const [missing] = await Promise.all([
      notStored(documents, slice, uncounted),
      ...oneOfEachCurrency(uncounted).map(({ day, currency }) =>
        documents.create(slice, { ...nothingYet, id: totalsId(currency), slice, day, currency }),
      ),
    ]);
    uncounted = missing;
    return uncounted.length === 0;
  });
}

function writesFor(
  slice: string,
  uncounted: readonly Uncounted[],
): readonly Write<RevenueDocument>[] {
  const byCurrency = Map.groupBy(uncounted, ({ currency }) => currency);
  return [
    ...uncounted.map(({ id }) => ({
      kind: "create" as const,
      document: { id, slice, ttl: markerSeconds },
    })),
    ...[...byCurrency].map(([currency, events]) => ({
      kind: "increment" as const,
      id: totalsId(currency),
      by: sumOf(events),
    })),
  ];
}

function oneOfEachCurrency(events: readonly Uncounted[]): readonly Uncounted[] {
  return [...new Map(events.map((event) => [event.currency, event])).values()];
}

function totalsId(currency: string): RevenueSlice["id"] {
  return `totals-${currency}`;
}

function sumOf(events: readonly Revenue[]): Readonly<Record<string, number>> {
  const sums: Record<string, number> = {};
  for (const { totals } of events)
    for (const [name, value] of Object.entries(totals)) sums[name] = (sums[name] ?? 0) + value;
  return sums;
}

const nothingYet: RevenueTotals = {
  feesE4: 0,
  loads: 0,
  loadedE4: 0,
  transfers: 0,
  transferredE4: 0,
};
