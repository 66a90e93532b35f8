import type { Api } from "../client/api.ts";
import type { ExpectedTransfer } from "./model.ts";

/**
 * What operators would still see of transfers that have all ended: nothing may wait for approval,
 * and no process may lead any of them.
 */
export const checkLeftovers = async (
  api: Api,
  transfers: ReadonlyMap<string, ExpectedTransfer>,
): Promise<string[]> => {
  const waiting = (await api.approvals()).filter(({ transferId }) => transfers.has(transferId));
  const processes = (await api.processes()).filter(({ transferId }) => transfers.has(transferId));
  return [
    ...waiting.map(
      ({ transferId }) => `Transfer ${transferId} is still among those that wait for approval.`,
    ),
    ...processes.map(
      ({ transferId, stage, runtimeStatus }) =>
        `Transfer ${transferId} is still led by a process (${stage}, ${runtimeStatus}).`,
    ),
  ];
};
