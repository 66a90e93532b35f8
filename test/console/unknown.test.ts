/** What the console answers for what does not exist, and what it shows before anything has happened. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { firstLook, pageAt, startSystem } from "./support/given.ts";

const { consoleUrl, client, control } = await startSystem();
const nobody = "account-0000000000000000";

describe("Before anything has happened", () => {
  for (const [path, said] of [
    ["/traces", /No trace is like that|No traces yet/],
    ["/streams", /No accounts/],
    ["/causation", /Nothing has happened yet/],
    ["/dead-letters", /Nothing is parked/],
    ["/processes", /No transfer waits.*The task hub is empty/],
    ["/data/events", /No documents/],
    ["/data/event-grid/saldo/admin", /No attempts/],
    ["/weather", /Fair weather/],
  ] as const)
    it(`${path} says that there is nothing`, async () => {
      const { status, text } = await pageAt(`${consoleUrl}${path}`);
      assert.equal(status, 200);
      assert.match(text, said);
    });
});

describe("What does not exist", () => {
  for (const path of [
    "/traces/0af7651916cd43dd8448eb211c80319c",
    `/streams/${nobody}`,
    `/causation?stream=${nobody}&command=00000000000000000000`,
    "/causation?transfer=0000000000000000-00000000000000000000",
    "/find?q=00000000000000000000",
    "/processes/0000000000000000-00000000000000000000",
    "/data/nothing",
    "/data/events/x/y",
    "/data/event-grid/saldo/nobody",
  ])
    it(`${path} is 404, and says what is missing`, async () => {
      const { status, text } = await pageAt(`${consoleUrl}${path}`);
      assert.equal(status, 404, text);
      assert.match(text, /Unknown|has nothing of this trace|no stream knows it|An empty stream/);
    });
});

describe("When the clock of the emulated services is advanced", () => {
  it("the flow says how far, and ages count in the time of the services", async () => {
    await control.advanceClock(86_400_000);
    const account = await client.accountWith("0");
    const { attention = "" } = await firstLook(consoleUrl);
    assert.match(attention, /clock is (1 d|23 h 59 min) ahead/);
    const { text } = await pageAt(`${consoleUrl}/causation`);
    assert.match(text, new RegExp(`Open account.*account-${account}.* m?s ago`));
  });
});
