import type { Lease } from "./leases.ts";

export type BalanceRequest = {
  readonly leases: readonly Lease[];
  readonly owner: string;
  readonly nowMs: number;
  readonly expirationIntervalMs: number;
};

/**
 * The leases a host should take now: as many free or expired ones as it lacks of an equal share,
 * else one stolen from the host with the most (source: Azure/azure-cosmos-dotnet-v3,
 * EqualPartitionsBalancingStrategy.cs).
 */
export function leasesToTake(request: BalanceRequest): readonly Lease[] {
  const { leases, owner, nowMs, expirationIntervalMs } = request;
  const isFree = (lease: Lease): boolean =>
    lease.owner === undefined || lease.timestampMs + expirationIntervalMs < nowMs;
  const counts = new Map<string, number>([[owner, 0]]);
  for (const lease of leases) {
    if (lease.owner !== undefined && !isFree(lease)) {
      counts.set(lease.owner, (counts.get(lease.owner) ?? 0) + 1);
    }
  }

  const share = Math.ceil(leases.length / counts.size);
  const missing = share - (counts.get(owner) ?? 0);
  if (missing <= 0) return [];
  const free = leases.filter(isFree);
  if (free.length > 0) return free.slice(0, missing);

  const [richest, most] = [...counts].reduce((a, b) => (b[1] >= a[1] ? b : a));
  const canSpare = most > share - (missing > 1 ? 1 : 0);
  return canSpare ? leases.filter((lease) => lease.owner === richest).slice(0, 1) : [];
}
