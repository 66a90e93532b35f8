/**
 * A transfer is named by its sender and the command that asked for it, and each of its later steps by the transfer:
 * derived, never drawn, so that doing a step twice is doing it once.
 */

/** `{sender's account id}-{id of the SendCredits command}`. */
export function transferIdOf(senderId: string, commandId: string): string {
  return `${senderId}-${commandId}`;
}

/** The account that a transfer comes from. */
export function senderOf(transferId: string): string {
  return transferId.slice(0, transferId.indexOf("-"));
}

/** The ids of the commands that carry out a transfer's later steps. */
export const transferSteps = {
  start: (transferId: string): string => `${transferId}.start`,
  expire: (transferId: string): string => `${transferId}.expire`,
  credit: (transferId: string): string => `${transferId}.credit`,
  settle: (transferId: string): string => `${transferId}.settle`,
  refund: (transferId: string): string => `${transferId}.refund`,
};
