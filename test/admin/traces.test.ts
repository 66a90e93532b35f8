/** A decision belongs to the operation that asked for it, also where nobody records spans. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { signIn } from "./support/approver.ts";
import { deliver, given, idOf } from "./support/given.ts";

const [first, later] = ["1", "2"].map((digit) => `00-${"a".repeat(32)}-${digit.repeat(16)}-01`) as [
  string,
  string,
];

describe("A decision", () => {
  for (const [what, traceparents, expected] of [
    ["continues the trace in which its transfer was heard of", [first], first],
    ["continues the first one if it was heard of again", [first, later], first],
    ["continues none if there was none", [undefined], undefined],
    ["continues none that is malformed", ["00-abc-def-01"], undefined],
  ] as const)
    it(what, async (test) => {
      const { saldo, admin } = await given(test);
      const asked = saldo.ask(saldo.openAccount("Ada"), saldo.openAccount("Bob"));
      for (const traceparent of traceparents) await deliver(admin, { ...asked, traceparent });
      await admin.restart();
      const grace = await signIn(admin, "grace");
      const path = `/api/transfers/${idOf(asked)}/approval`;
      assert.equal((await grace.send("POST", path, {})).status, 200);
      assert.deepEqual(
        saldo.decisions().map((request) => request.traceparent),
        [expected],
      );
    });
});
