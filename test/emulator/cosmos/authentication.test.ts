import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { CosmosClient } from "@azure/cosmos";
import { emulatorOnly, refusal, signature, useAccount } from "./support.ts";

describe("Authentication", { skip: emulatorOnly }, () => {
  const account = useAccount();
  const listDatabases = (headers: Record<string, string>): Promise<Response> =>
    fetch(`${account.emulated.endpoint}/dbs`, { headers });

  test("refuses another key with 401", async () => {
    const key = Buffer.from("another key").toString("base64");
    const stranger = new CosmosClient({ endpoint: account.emulated.endpoint, key });
    const refused = await refusal(stranger.database(account.database.id).read());
    assert.equal(refused.status, 401);
    stranger.dispose();
  });

  test("refuses a request without, or with an unknown kind of authorization", async () => {
    const date = new Date().toUTCString();
    const missing = await listDatabases({ "x-ms-date": date });
    assert.equal(missing.status, 401);
    assert.equal(((await missing.json()) as { code: string }).code, "Unauthorized");
    const authorization = encodeURIComponent("type=aad&ver=1.0&sig=token");
    assert.equal((await listDatabases({ "x-ms-date": date, authorization })).status, 401);
  });

  test("refuses a signature for another resource or method", async () => {
    const date = new Date().toUTCString();
    const status = async (payload: string): Promise<number> =>
      (await listDatabases({ "x-ms-date": date, authorization: signature(date, payload) })).status;
    assert.equal(await status("get\ndbs\n"), 200);
    assert.equal(await status("post\ndbs\n"), 401);
    assert.equal(await status("get\ncolls\ndbs/other"), 401);
  });

  test("refuses a date more than fifteen minutes from now with 403", async () => {
    const status = async (offsetMs: number): Promise<number> => {
      const date = new Date(Date.now() + offsetMs).toUTCString();
      const authorization = signature(date, "get\ndbs\n");
      return (await listDatabases({ "x-ms-date": date, authorization })).status;
    };
    assert.equal(await status(-14 * 60_000), 200);
    assert.equal(await status(-16 * 60_000), 403);
    assert.equal(await status(16 * 60_000), 403);
  });

  test("is not troubled by a clock that a test moved", async () => {
    account.emulated.clock.advance(86_400_000);
    assert.equal((await account.database.read()).statusCode, 200);
  });
});
