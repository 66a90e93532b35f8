/** What one transfer costs, hop by hop, from the account's own counts. */
export type HopCost = { readonly hop: string; readonly requests: number; readonly units: number };

type Usage = Record<string, Record<string, { requests: number; requestUnits: number }>>;

/** Which hop a container's requests belong to. */
const hopOf: Readonly<Record<string, (kind: string) => string>> = {
  commands: (kind) => (kind === "feed" ? "2 commands feed" : "1 accept: command written"),
  events: (kind) =>
    kind === "feed" ? "4 events feed" : "3 handle: streams loaded, commits written",
  accounts: () => "5 project: account views",
  "dead-letters": () => "6 lanes checked",
  leases: () => "7 feeds: positions stored",
  transfers: () => "8 lead: views of transfers that wait",
  notifications: () => "9 reactions: notifications",
  "daily-revenue": () => "9 reactions: daily revenue",
};

/** What a transfer causes after it has completed is not among its hops: reactions are services of their own. */
const isReaction = ({ hop }: HopCost): boolean => hop.startsWith("9");

export async function measureCost(
  controlUrl: string,
  transfers: number,
  run: () => Promise<unknown>,
): Promise<readonly HopCost[]> {
  await fetch(`${controlUrl}/usage/reset`, { method: "POST" });
  await run();
  const usage = (await (await fetch(`${controlUrl}/usage`)).json()) as Usage;
  const hops = new Map<string, { requests: number; units: number }>();
  for (const [container, kinds] of Object.entries(usage))
    for (const [kind, { requests, requestUnits }] of Object.entries(kinds)) {
      const hop = hopOf[container]?.(kind) ?? "0 other";
      const sum = hops.get(hop) ?? { requests: 0, units: 0 };
      hops.set(hop, {
        requests: sum.requests + requests / transfers,
        units: sum.units + requestUnits / transfers,
      });
    }
  return [...hops]
    .map(([hop, cost]) => ({ hop, ...cost }))
    .sort((a, b) => a.hop.localeCompare(b.hop));
}

export function totalUnits(costs: readonly HopCost[]): number {
  return costs.filter((cost) => !isReaction(cost)).reduce((total, { units }) => total + units, 0);
}
