import { readFileSync } from "node:fs";

/** Stored in Cosmos DB, and what its trigger handed over: from Functions host 4.1037 in the zone UTC. */
type Pair<T> = readonly [stored: T, handedOver: T];

type Recorded = {
  readonly texts: readonly Pair<string>[];
  readonly nested: Pair<unknown>;
  readonly numbers: readonly Pair<number>[];
};

const file = new URL("../fixtures/recorded-texts.json", import.meta.url);

export const {
  texts: recordedTexts,
  nested: recordedNested,
  numbers: recordedNumbers,
} = JSON.parse(readFileSync(file, "utf8")) as Recorded;
