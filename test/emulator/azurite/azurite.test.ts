import assert from "node:assert/strict";
import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { pathToFileURL } from "node:url";
import {
  type Azurite,
  type AzuriteOptions,
  findAzurite,
  startAzurite,
} from "../../../emulator/azurite/start-azurite.ts";
import { openGridWorld } from "../event-grid/support/grid.ts";
import { accountAt, container, listBlobs, readBlob, writeBlob } from "./support/blobs.ts";

const minuteMs = 60_000;

type World = {
  readonly directory: string;
  /** Starts Azurite on the directory; it is closed with the test. */
  start(rest?: Partial<AzuriteOptions>): Promise<Azurite>;
};

async function openWorld(test: TestContext): Promise<World> {
  const directory = await mkdtemp(join(tmpdir(), "azurite-"));
  const started: Azurite[] = [];
  test.after(async () => {
    for (const azurite of started) await azurite.close();
    await rm(directory, { recursive: true });
  });
  const start: World["start"] = async (rest = {}) => {
    const azurite = await startAzurite({ directory, port: 0, containers: [container], ...rest });
    started.push(azurite);
    return azurite;
  };
  return { directory, start };
}

describe("Azurite", () => {
  it("gets an event that cannot be delivered, as a blob in the documented form", async (test) => {
    const { blobUrl, connectionString } = await (await openWorld(test)).start();
    const { clock, endpoint, topic, publish, subscribe, untilCounts } = await openGridWorld(test);
    endpoint.reply(() => 404);
    const properties = { connectionString, blobContainerName: container };
    await subscribe({
      deadLetterDestination: { endpointType: "StorageBlob", properties },
      retryPolicy: { maxDeliveryAttempts: 1 },
    });
    await publish("1");
    await untilCounts(({ waitingDeadLetters }) => waitingDeadLetters === 1);
    clock.advance(5 * minuteMs);
    await untilCounts(({ deadLettered }) => deadLettered === 1);

    const account = accountAt(blobUrl);
    const [name = "", ...others] = await listBlobs(account);
    assert.deepEqual(others, []);
    assert.match(name, /^HOOK\/\d{4}\/\d{1,2}\/\d{1,2}\/\d{1,2}\/[0-9a-f-]{36}\.json$/);
    const letters = JSON.parse(await readBlob(account, name)) as Record<string, unknown>[];
    const [{ eventTime, publishTime, lastDeliveryAttemptTime, ...rest } = {}] = letters;
    assert.deepEqual(rest, {
      id: "1",
      topic: topic.resourceId,
      subject: "/orders/1",
      eventType: "OrderPlaced",
      data: {},
      dataVersion: "1.0",
      metadataVersion: "1",
      deadLetterReason: "MaxDeliveryAttemptsExceeded",
      deliveryAttempts: 1,
      lastDeliveryOutcome: "NotFound",
    });
    for (const time of [eventTime, publishTime, lastDeliveryAttemptTime]) {
      assert.equal(new Date(String(time)).toISOString(), time);
    }
  });

  it("keeps its blobs when it is closed and started again", async (test) => {
    const { start } = await openWorld(test);
    const first = await start();
    await writeBlob(accountAt(first.blobUrl), "kept");
    await first.close();
    await first.close();
    await assert.rejects(fetch(first.blobUrl));
    const { blobUrl } = await start();
    assert.deepEqual(await listBlobs(accountAt(blobUrl)), ["kept"]);
  });

  it("waits for the one of an earlier life that still has the directory", async (test) => {
    const { start } = await openWorld(test);
    const first = await start();
    let isStarted = false;
    const second = start().then((azurite) => {
      isStarted = true;
      return azurite;
    });
    const elsewhere = await openWorld(test);
    await elsewhere.start();
    assert.equal(isStarted, false);
    await writeBlob(accountAt(first.blobUrl), "kept");
    await first.close();
    const { blobUrl } = await second;
    assert.deepEqual(await listBlobs(accountAt(blobUrl)), ["kept"]);
  });

  it("saves and ends when the emulator is killed, and can be started again at once", async (test) => {
    const { directory, start } = await openWorld(test);
    const emulator = fork(new URL("support/emulator-process.ts", import.meta.url), [directory]);
    test.after(() => emulator.kill("SIGKILL"));
    const [blobUrl] = (await once(emulator, "message")) as [string];
    await writeBlob(accountAt(blobUrl), "kept");
    const exited = once(emulator, "exit");
    emulator.kill("SIGKILL");
    await exited;
    const next = await start();
    assert.deepEqual(await listBlobs(accountAt(next.blobUrl)), ["kept"]);
    await assert.rejects(fetch(blobUrl));
  });

  it("says in its own words why it does not start", async (test) => {
    const server = createServer();
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    test.after(() => server.close());
    const { port } = server.address() as AddressInfo;
    const { start } = await openWorld(test);
    await assert.rejects(start({ port }), /ended with 1 .*EADDRINUSE/s);
  });

  it("refuses the name of a container that is not allowed, and ends", async (test) => {
    const { start } = await openWorld(test);
    await assert.rejects(start({ containers: ["Not Allowed"] }), /no container "Not Allowed"/);
    await start();
  });
});

describe("Azurite that is not installed", () => {
  it("is missed in one clear sentence", async (test) => {
    const { directory } = await openWorld(test);
    const elsewhere = pathToFileURL(join(directory, "module.ts"));
    assert.throws(() => findAzurite(elsewhere), {
      message:
        "Azurite, which stores dead letters, is not installed: npm install --save-dev azurite",
    });
  });
});
