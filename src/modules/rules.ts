/** Who may do what: one row for each door of `src/flow.ts`. What is not listed is not allowed. */
import type { Role } from "../platform/identity/caller.ts";

/**
 * How far a role reaches: `any` account and transfer, only those of one's `own` account, or a transfer that one's
 * account has `part` in (as sender or receiver).
 */
type Reach = "any" | "own" | "part";

type Rule = Readonly<Partial<Record<Role, Reach>>>;

export const rules = {
  openAccount: { customer: "any" },
  loadCredits: { customer: "own" },
  sendCredits: { customer: "own" },
  cancelTransfer: { customer: "own" },
  closeAccount: { customer: "own" },
  freezeAccount: { operator: "any" },
  unfreezeAccount: { operator: "any" },
  approveTransfer: { approver: "any", "approval-desk": "any" },
  denyTransfer: { approver: "any", "approval-desk": "any" },

  showCommand: { customer: "own", approver: "any", operator: "any", "approval-desk": "any" },
  showAccount: { customer: "own", operator: "any", "approval-desk": "any" },
  pastBalance: { customer: "own", operator: "any" },
  showStatement: { customer: "own", operator: "any" },
  showTransfer: { customer: "part", approver: "any", operator: "any", "approval-desk": "any" },
  showNotifications: { customer: "own" },
  streamNotifications: { customer: "own" },
  showRevenue: { operator: "any" },
  showTotals: { operator: "any" },
  showApprovals: { approver: "any", operator: "any", "approval-desk": "any" },
  showProcesses: { operator: "any" },

  showDeadLetters: { operator: "any" },
  showDeadLetter: { operator: "any" },
  replayDeadLetters: { operator: "any" },
  repairDeadLetter: { operator: "any" },
  discardDeadLetter: { operator: "any" },
} as const satisfies Readonly<Record<string, Rule>>;

export type Action = keyof typeof rules;

/** How far these roles reach together; undefined if not at all. */
export function reachOf(action: Action, roles: readonly Role[]): Reach | undefined {
  const rule: Rule = rules[action];
  const given = roles.map((role) => rule[role]);
  return widestFirst.find((reach) => given.includes(reach));
}

const widestFirst: readonly Reach[] = ["any", "part", "own"];
