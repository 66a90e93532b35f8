import { valueOr, type Read } from "../azure/source.ts";
import { durationText, plural } from "../pages/texts.ts";
import type { Observations } from "./observations.ts";
import type { Station } from "./stations.ts";

export type Matter = {
  readonly health: "slow" | "wrong";
  readonly where: string;
  readonly says: string;
  readonly href: string | undefined;
};

/** What an operator should know first: the worst first, nothing if all is well. */
export const attentionFor = (
  seen: Observations,
  stations: readonly Station[],
): readonly Matter[] => {
  const matters = [
    ...ofStations(stations),
    ...ofSources(seen),
    ...ofMoney(seen),
    ...ofWeather(seen),
  ];
  return matters.toSorted((a, b) => Number(b.health === "wrong") - Number(a.health === "wrong"));
};

const ofStations = (stations: readonly Station[]): Matter[] =>
  stations.flatMap(({ title, health, why, isConsequence, href }) =>
    health === "calm" || why === undefined || isConsequence === true
      ? []
      : [{ health, where: title, says: why, href }],
  );

const ofSources = (seen: Observations): Matter[] =>
  [...new Set(sourcesIn(seen).flatMap((read) => (read.isRead ? [] : [read.why])))].map((says) => ({
    health: "slow",
    where: "console",
    says,
    href: undefined,
  }));

const sourcesIn = (seen: Observations): readonly Read<unknown>[] => {
  const { leases, lanes, processes, subscriptions, weather, metrics } = seen;
  return [leases, lanes, processes, subscriptions, weather, metrics];
};

const ofMoney = ({ metrics }: Observations): Matter[] => {
  const points = valueOr(metrics, { lagMs: [], stageMs: [], moneyConserved: [] }).moneyConserved;
  if (!points.some(({ value }) => value === 0)) return [];
  return [{ health: "wrong", where: "money", says: "Money is not conserved", href: undefined }];
};

const ofWeather = ({ weather }: Observations): Matter[] => {
  if (!weather.isRead) return [];
  const { faults, aheadMs } = weather.value;
  const href = "/weather";
  return [
    ...(faults.length > 0
      ? [
          {
            health: "slow" as const,
            where: "weather",
            says: `${plural(faults.length, "fault")} in force`,
            href,
          },
        ]
      : []),
    ...(aheadMs > 60_000
      ? [
          {
            health: "slow" as const,
            where: "weather",
            says: `Azure's clock is ${durationText(aheadMs)} ahead`,
            href,
          },
        ]
      : []),
  ];
};
