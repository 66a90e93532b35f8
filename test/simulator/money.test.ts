import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { formatMoney, loadFeeE4, parseMoney } from "../../simulator/money.ts";

describe("Money", () => {
  const written: [text: string, amountE4: bigint][] = [
    ["0.00", 0n],
    ["0.0002", 2n],
    ["12.50", 125_000n],
    ["-25.50", -255_000n],
    ["0.123", 1_230n],
    ["900719925474099300.0001", 9007199254740993000001n],
  ];
  for (const [text, amountE4] of written) {
    it(`is read from and written as ${text}`, () => {
      assert.equal(parseMoney(text), amountE4);
      assert.equal(formatMoney(amountE4), text);
    });
  }

  it("may be read with zeros that it is not written with", () => {
    assert.equal(parseMoney("1.5000"), 15_000n);
    assert.equal(formatMoney(15_000n), "1.50");
  });

  for (const text of [
    "",
    "1",
    "1.5",
    "1.00001",
    "1,00",
    "+1.00",
    " 1.00",
    "1e3",
    "--1.00",
    ".50",
  ]) {
    it(`is not read from "${text}"`, () => {
      assert.equal(parseMoney(text), undefined);
    });
  }
});

describe("The fee for loading", () => {
  const fees: [loaded: string, fee: string][] = [
    ["100.00", "0.02"],
    ["0.0001", "0.00"],
    ["0.25", "0.00"],
    ["0.2501", "0.0001"],
    ["0.75", "0.0002"],
    ["1.25", "0.0002"],
    ["1.75", "0.0004"],
    ["499.9999", "0.10"],
    ["500.00", "0.10"],
    ["500.0001", "0.00"],
    ["9999.99", "0.00"],
  ];
  for (const [loaded, fee] of fees) {
    it(`for ${loaded} is ${fee}`, () => {
      assert.equal(formatMoney(loadFeeE4(parseMoney(loaded) ?? -1n)), fee);
    });
  }
});
