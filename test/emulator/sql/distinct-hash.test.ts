import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { distinctHash } from "../../../emulator/cosmos/sql/distinct-hash.ts";
import type { JsonValue } from "../../../emulator/cosmos/sql/index.ts";

/** What Microsoft.Azure.Cosmos 3.64.0 (DistinctHash.GetHash) makes of these. */
const hashes: readonly (readonly [json: string, low: bigint, high: bigint])[] = [
  ["[]", 11740669425854152834n, 9031114912533472255n],
  ["{}", 1457042291250783704n, 1493060239874959160n],
  ["[1]", 3156792105152516121n, 14352746174421918468n],
  ["[1,2]", 7889880438954521662n, 8687736527450859593n],
  ["[2,1]", 16234453629885610846n, 18395800429937298757n],
  ["[null,true,false]", 15957906666473208452n, 15585141334990780445n],
  ['["a","é😀"]', 9053675982030353167n, 16614482914283016788n],
  ['{"a":1}', 6626721030009087975n, 3382389252530516517n],
  ['{"a":1,"b":[2,{"c":null}]}', 1410946929254212274n, 18055665174792508043n],
  ['{"b":[2,{"c":null}],"a":1}', 1410946929254212274n, 18055665174792508043n],
  ['{"z":7}', 12661656890412172583n, 6677614185988174101n],
  ["[0.1,-0.0,-5,1e300]", 7565993686834949173n, 16958484671324664563n],
  [
    '["a text that is longer than one block of sixteen bytes"]',
    11626850675397472280n,
    10804377553791451313n,
  ],
  ['{"":{}}', 18056735687660531725n, 7012367395117871874n],
];

describe("The hash by which clients order arrays and objects", () => {
  for (const [json, low, high] of hashes) {
    it(`of ${json} is the one of the .NET client`, () => {
      assert.deepEqual(distinctHash(JSON.parse(json) as JsonValue), [low, high]);
    });
  }
});
