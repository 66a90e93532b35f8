import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { restored } from "../../console/azure/restored.ts";
import { toStored } from "../../src/platform/stored-texts.ts";
import { pageAt, startSystem } from "./support/given.ts";

describe("What the console reads of a container", () => {
  it("is as it was written, whatever was escaped in it", () => {
    for (const document of [
      { id: "1", data: [{ note: "2026-05-01T10:00:00Z" }, "~", null, 7] },
      { id: "2", note: "~", at: "2026-05-01T10:00:00.990Z" },
    ])
      assert.deepEqual(restored(toStored(document)), document);
    assert.equal(restored("~"), "~");
    assert.equal(restored(null), null);
  });
});

const { consoleUrl, client, transfers } = await startSystem();

describe("A note that looks like a date", () => {
  it("is shown as it was written, and where documents are shown as they are stored", async () => {
    const note = "2026-05-01T10:00:00+02:00";
    const [from, to] = [await client.accountWith("10.00"), await client.accountWith("0")];
    const transferId = await transfers.request(from, to, "1.00", { note });
    const stream = await pageAt(`${consoleUrl}/streams/account-${from}`);
    assert.ok(stream.text.includes(` ${note} `), stream.text);
    assert.ok(!stream.text.includes(`~${note}`), stream.text);
    const [, commandId = ""] = transferId.split("-");
    const document = await pageAt(`${consoleUrl}/data/commands/account-${from}/${commandId}`);
    assert.ok(document.text.includes(`~${note}`), document.text);
    assert.match(document.text, /escaped/);
  });
});
