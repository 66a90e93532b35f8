/** Who may do what: one row for each endpoint of `src/app.ts`. */
import type { Rule } from "../kernel/access/rules.ts";

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
