import type { World } from "../world/world.ts";
import { playAllowance } from "./allowance.ts";
import { playApprovals } from "./approvals.ts";
import { FAMILY_SIZE, playFamily } from "./family.ts";
import { playPayday } from "./payday.ts";
import { playStorm } from "./storm.ts";

type Scenario = {
  /** For people who choose one. */
  summary: string;
  /** With fewer there would be nothing to play. */
  leastAccounts: number;
  /** Whether approvers must be there. */
  needsPeople: boolean;
  /** Whether the same can be said again under the same keys. */
  isRepeatable: boolean;
  play: (world: World) => Promise<void>;
};

export type ScenarioName = keyof typeof scenarios;

export const scenarios = {
  family: {
    summary: "parents load credits and give pocket money; every balance is known beforehand",
    leastAccounts: FAMILY_SIZE,
    needsPeople: false,
    isRepeatable: true,
    play: playFamily,
  },
  payday: {
    summary: "employers pay everybody (hot senders), everybody buys bread (a hot receiver)",
    leastAccounts: 3,
    needsPeople: false,
    isRepeatable: true,
    play: playPayday,
  },
  storm: {
    summary: "random transfers at full speed, duplicates and wrong requests, through restarts",
    leastAccounts: 6,
    needsPeople: false,
    isRepeatable: true,
    play: playStorm,
  },
  approvals: {
    summary: "large transfers, approved, denied, cancelled, raced for; needs the admin app",
    leastAccounts: 8,
    needsPeople: true,
    isRepeatable: false,
    play: playApprovals,
  },
  allowance: {
    summary: "pocket money for a later instant; some is withdrawn, some cannot be paid then",
    leastAccounts: 4,
    needsPeople: false,
    isRepeatable: false,
    play: playAllowance,
  },
} as const satisfies Record<string, Scenario>;
