import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { named, senderOf } from "../../console/saldo/named.ts";

const account = "4k2abcdefghij123";
const command = "6aewvpfnit4l25wlboev";
const traceId = "0af7651916cd43dd8448eb211c80319c";

describe("What somebody types into the search", () => {
  for (const [word, expected] of [
    [traceId, { what: "trace", traceId }],
    [traceId.toUpperCase(), { what: "trace", traceId }],
    [`00-${traceId}-b7ad6b7169203331-01`, { what: "trace", traceId }],
    [`${account}-${command}`, { what: "transfer", transferId: `${account}-${command}` }],
    [`transfers/${account}-${command}`, { what: "transfer", transferId: `${account}-${command}` }],
    [account, { what: "stream", stream: `account-${account}` }],
    [`account-${account}`, { what: "stream", stream: `account-${account}` }],
    [`account:${account}`, { what: "stream", stream: `account-${account}` }],
    [` ${command} `, { what: "command", commandId: command }],
    [
      `${account}-${command}.settle`,
      { what: "command", commandId: `${account}-${command}.settle` },
    ],
    ["", { what: "nothing" }],
    ["Ada", { what: "nothing" }],
    [`${traceId}0`, { what: "nothing" }],
    ["<script>", { what: "nothing" }],
  ] as const)
    it(`"${word}" names ${expected.what}`, () => {
      assert.deepEqual(named(word), expected);
    });

  it("a transfer's id begins with its sender's", () => {
    assert.equal(senderOf(`${account}-${command}`), `account-${account}`);
  });
});
