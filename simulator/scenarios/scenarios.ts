import type { World } from "../world/world.ts";
import { FAMILY_SIZE, playFamily } from "./family.ts";
import { playPayday } from "./payday.ts";
import { playStorm } from "./storm.ts";

type Scenario = {
  /** For people who choose one. */
  summary: string;
  /** With fewer there would be nothing to play. */
  leastAccounts: number;
  play: (world: World) => Promise<void>;
};

export type ScenarioName = keyof typeof scenarios;

export const scenarios = {
  family: {
    summary: "parents load credits and give pocket money; every balance is known beforehand",
    leastAccounts: FAMILY_SIZE,
    play: playFamily,
  },
  payday: {
    summary: "employers pay everybody (hot senders), everybody buys bread (a hot receiver)",
    leastAccounts: 3,
    play: playPayday,
  },
  storm: {
    summary: "random transfers at full speed, duplicates and wrong requests, through restarts",
    leastAccounts: 4,
    play: playStorm,
  },
} as const satisfies Record<string, Scenario>;
