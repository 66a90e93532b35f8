/** Ids, keys and names of partitions are compared byte for byte and never escaped, so none may look like a date. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { transferIdOf, transferSteps } from "../../../domain/account/transfer-id.ts";
import { streamOf } from "../../../domain/kernel/streams.ts";
import {
  commandIdsOf,
  openedAccountId,
  openingIdOf,
} from "../../../src/modules/account/command-ids.ts";
import { commitId } from "../../../src/kernel/messages/commit.ts";
import { deriveId, fingerprint } from "../../../src/platform/digest.ts";
import { looksLikeDate, toStored } from "../../../src/platform/stored-texts.ts";
import { dateLikeText } from "../../support/date-like-texts.ts";

/** Every way in which an id or a key is made, from whatever it is made of. */
const made = fc
  .record({
    key: dateLikeText,
    subject: dateLikeText,
    number: fc.nat(),
    date: fc.date({ noInvalidDate: true }),
  })
  .map(({ key, subject, number, date }) => {
    const accountId = openedAccountId({ subject, key });
    const [commandId = "", ownCommandId = ""] = commandIdsOf({ accountId, subject, key });
    const transferId = transferIdOf(accountId, commandId);
    const stream = streamOf("account", accountId);
    const day = date.toISOString().slice(0, 10);
    return {
      accountId,
      commandId,
      ownCommandId,
      transferId,
      stream,
      commit: commitId(number),
      event: `${stream}/${number}`,
      rejection: `${stream}/${commandId}`,
      source: `/saldo/${stream}`,
      subject: `transfers/${transferId}`,
      opening: openingIdOf(accountId),
      fingerprint: fingerprint({ key, subject }),
      lane: `handling:${stream}`,
      note: deriveId(20, `${stream}/${number}`),
      notification: deriveId(20, `/saldo/${stream}`, `${stream}/${number}`, accountId),
      marker: deriveId(24, `/saldo/${stream}`, `${stream}/${number}`),
      slice: `${day}#${number % 4}`,
      day,
      totals: "totals-EUR",
      steps: Object.values(transferSteps).map((step) => step(transferId)),
    };
  });

describe("an id", () => {
  test("does not look like a date, whatever it is made of", () => {
    fc.assert(
      fc.property(made, (ids) => {
        for (const id of Object.values(ids).flat()) assert.ok(!looksLikeDate(id), id);
        assert.equal(toStored(ids), ids);
      }),
    );
  });
});
