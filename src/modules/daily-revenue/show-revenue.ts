/** `GET /api/operator/revenue?from=YYYY-MM-DD&to=YYYY-MM-DD`: fees, loads and transfers of each day, both days included. */
import { z } from "zod";
import { formatAmount } from "../../../domain/kernel/money.ts";
import type { Documents } from "../../platform/cosmos/documents.ts";
import { type HttpHandler, type HttpRequest, json } from "../../platform/http/exchange.ts";
import { invalidRequest } from "../../platform/http/problem.ts";
import type { RevenueDocument, RevenueSlice } from "./count-revenue.ts";
import type { RevenueTotals } from "./revenue-of.ts";

/** One day in one currency, all its slices together. */
type DayRevenue = RevenueTotals & Pick<RevenueSlice, "day" | "currency">;

/** In how many slices, and in how many that are not damaged: these are in no sum. */
type CountedDay = DayRevenue & { readonly slices: number; readonly readable: number };

const summed = ["feesE4", "loads", "loadedE4", "transfers", "transferredE4"] as const;

/**
 * One query over the indexed day adds up the slices where they are, and touches only those that exist. Point reads would
 * have to try 16 slices for each day and currency, 1 472 RU for a quarter of a year in one currency. The markers beside
 * the totals have no day: the index passes them over.
 */
export function showRevenue(revenue: Documents<RevenueDocument>): HttpHandler {
  const sums = summed.map((name) => `SUM(c.${name}) AS ${name}`).join(", ");
  const isReadable = [
    "IS_STRING(c.currency)",
    ...summed.map((name) => `IS_NUMBER(c.${name})`),
  ].join(" AND ");
  const text = (condition: string): string =>
    `SELECT c.day, c.currency, COUNT(1) AS slices, SUM(IIF(${isReadable}, 1, 0)) AS readable, ${sums}
     FROM c WHERE c.day >= @from AND c.day <= @to ${condition} GROUP BY c.day, c.currency`;

  return async (request) => {
    const parameters = readDays(request);
    const query = (condition: string): Promise<readonly CountedDay[]> =>
      revenue.query<CountedDay>({ text: text(condition), parameters });
    const all = await query("");
    const unreadable = all.reduce((sum, { slices, readable }) => sum + slices - readable, 0);
    const days = unreadable === 0 ? all : await query(`AND ${isReadable}`);
    const inOrder = days.toSorted((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1));
    return json(200, {
      days: inOrder.map(describe),
      ...(unreadable === 0 ? {} : { unreadable }),
    });
  };
}

function orderOf({ day, currency }: DayRevenue): string {
  return `${day} ${currency}`;
}

function describe(revenue: DayRevenue): object {
  const { day, currency, feesE4, loads, loadedE4, transfers, transferredE4 } = revenue;
  return {
    day,
    currency,
    fees: formatAmount(feesE4),
    loads: { count: loads, amount: formatAmount(loadedE4) },
    transfers: { count: transfers, amount: formatAmount(transferredE4) },
  };
}

const mostDays = 92;
const dayMs = 24 * 60 * 60 * 1_000;

const daySchema = z.iso.date({
  error: ({ input }) =>
    input === undefined ? "is required." : "must be a day such as 2026-01-31.",
});

const daysSchema = z
  .object({ from: daySchema, to: daySchema })
  .superRefine(({ from, to }, context) => {
    const days = (Date.parse(to) - Date.parse(from)) / dayMs + 1;
    const message =
      days < 1
        ? "must not be before `from`."
        : days > mostDays
          ? `must be at most ${mostDays} days, \`from\` included.`
          : undefined;
    if (message !== undefined) context.addIssue({ code: "custom", path: ["to"], message });
  });

function readDays({ query }: HttpRequest): { from: string; to: string } {
  const given = { from: query.get("from") ?? undefined, to: query.get("to") ?? undefined };
  const result = daysSchema.safeParse(given);
  if (result.success) return result.data;
  const errors = result.error.issues.map(({ path, message }) => ({
    path: path.join("."),
    message,
  }));
  throw invalidRequest(errors);
}
