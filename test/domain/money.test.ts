import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { loadFee } from "../../domain/account/fees.ts";
import { formatAmount, largestAmountE4, parseAmount, shareOf } from "../../domain/kernel/money.ts";

const amounts = fc.integer({ min: 0, max: largestAmountE4 });

describe("money", () => {
  test("what is written can be read again, to the last ten-thousandth", () => {
    fc.assert(fc.property(amounts, (amount) => parseAmount(formatAmount(amount)) === amount));
  });

  for (const [text, amount] of [
    ["0", 0],
    ["0.0001", 1],
    ["25.5", 255_000],
    ["25.50", 255_000],
    ["1000000000.00", largestAmountE4],
  ] as const)
    test(`"${text}" is ${amount} ten-thousandths`, () => {
      assert.equal(parseAmount(text), amount);
    });

  for (const text of ["", ".5", "5.", "01", "-1", "+1", "1e3", "1,5", " 1", "0.00001", "NaN"])
    test(`"${text}" is not an amount`, () => {
      assert.equal(parseAmount(text), undefined);
    });

  test("amounts are written with two to four decimal places", () => {
    const written = [0, 1, 10, 100, 10_000, 255_000, -2, -10_000].map(formatAmount);
    const expected = ["0.00", "0.0001", "0.001", "0.01", "1.00", "25.50", "-0.0002", "-1.00"];
    assert.deepEqual(written, expected);
  });

  test("a share is rounded half to even", () => {
    const halves = [1, 3, 5, 7].map((odd) => shareOf(odd, 500_000));
    assert.deepEqual(halves, [0, 2, 2, 4]);
  });

  test("a share is never further from the exact one than half a ten-thousandth", () => {
    const rates = fc.integer({ min: 0, max: 1_000_000 });
    fc.assert(
      fc.property(amounts, rates, (amount, rate) => {
        const twiceError =
          2n * (BigInt(shareOf(amount, rate)) * 1_000_000n - BigInt(amount) * BigInt(rate));
        return twiceError <= 1_000_000n && twiceError >= -1_000_000n;
      }),
    );
  });
});

describe("the fee for loading credits", () => {
  for (const [amount, fee] of [
    ["100.00", "0.02"],
    ["500.00", "0.10"],
    ["500.0001", "0.00"],
    ["0.0001", "0.00"],
    ["2.50", "0.0005"],
    ["0.25", "0.00"], // 0.00005 rounds to even: nothing
    ["0.75", "0.0002"], // 0.00015 rounds to even: 0.0002
  ] as const)
    test(`loading ${amount} costs ${fee}`, () => {
      assert.equal(formatAmount(loadFee(parseAmount(amount) ?? NaN)), fee);
    });
});
