import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  AzureKeyCredential,
  AzureSASCredential,
  EventGridPublisherClient,
  generateSharedAccessSignature,
} from "@azure/eventgrid";
import type { TopicInfo } from "../../../emulator/event-grid/index.ts";
import { openGridWorld, order, webhook } from "./support/grid.ts";

type ErrorBody = {
  readonly error: {
    readonly code: string;
    readonly message: string;
    readonly details: readonly { readonly code: string; readonly message: string }[];
  };
};

const event = {
  id: "1",
  subject: "/orders/1",
  eventType: "OrderPlaced",
  eventTime: "2026-01-02T03:04:05Z",
  data: {},
  dataVersion: "1",
};
const cloudEvent = { id: "1", source: "/x", type: "Placed", specversion: "1.0" };

function post(
  { endpoint, key1 }: TopicInfo,
  body: unknown,
  headers: Record<string, string> = { "aeg-sas-key": key1 },
): Promise<Response> {
  return fetch(`${endpoint}?api-version=2018-01-01`, {
    method: "POST",
    headers,
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
}

async function errorOf(answer: Response): Promise<ErrorBody["error"]> {
  const { error } = (await answer.json()) as ErrorBody;
  assert.equal(error.details[0]?.message, error.message);
  return error;
}

describe("a publisher", () => {
  it("gets an empty 200 and may use either key, as a header or in the query", async (test) => {
    const { topic } = await openGridWorld(test);
    for (const headers of [{ "aeg-sas-key": topic.key1 }, { "aeg-sas-key": topic.key2 }]) {
      const answer = await post(topic, [event], headers);
      assert.equal(answer.status, 200);
      assert.equal(await answer.text(), "");
    }
    const query = new URLSearchParams({ "aeg-sas-key": topic.key1 }).toString();
    const answer = await fetch(`${topic.endpoint}?${query}`, { method: "POST", body: "[]" });
    assert.equal(answer.status, 200);
  });

  it("without a key, or with a wrong one, is refused in the documented shape", async (test) => {
    const { topic, grid } = await openGridWorld(test);
    const missing = await post(topic, [event], {});
    assert.equal(missing.status, 401);
    assert.equal((await errorOf(missing)).code, "Unauthorized");
    const wrong = await post(topic, [event], { "aeg-sas-key": "d3Jvbmc=" });
    assert.match((await errorOf(wrong)).message, /Invalid Key/);
    const options = { allowInsecureConnection: true };
    const credential = new AzureKeyCredential("d3Jvbmc=");
    const client = new EventGridPublisherClient(topic.endpoint, "EventGrid", credential, options);
    await assert.rejects(client.send([order("1")]), { statusCode: 401, code: "Unauthorized" });
    assert.deepEqual(grid.subscriptions.list(), []);
  });

  it("may sign with a key for a while instead of sending it", async (test) => {
    const { topic, cloudTopic } = await openGridWorld(test);
    const credential = new AzureKeyCredential(topic.key1);
    const tokenUntil = (until: number, endpoint = topic.endpoint): Promise<string> =>
      generateSharedAccessSignature(endpoint, credential, new Date(until));
    const token = await tokenUntil(Date.now() + 3_600_000);
    const sas = new AzureSASCredential(token);
    const options = { allowInsecureConnection: true };
    await new EventGridPublisherClient(topic.endpoint, "EventGrid", sas, options).send([
      order("1"),
    ]);
    const authorization = `SharedAccessSignature ${token}`;
    assert.equal((await post(topic, [event], { authorization })).status, 200);

    const refused = async (given: string): Promise<string> => {
      const answer = await post(topic, [event], { "aeg-sas-token": given });
      assert.equal(answer.status, 401);
      return (await errorOf(answer)).message;
    };
    assert.match(await refused(await tokenUntil(Date.now() - 1000)), /expired/);
    assert.match(
      await refused(await tokenUntil(Date.now() + 3_600_000, cloudTopic.endpoint)),
      /another/,
    );
    assert.match(await refused(token.replace(/s=.{4}/, "s=AAAA")), /signature/);
    assert.match(await refused("nonsense"), /Malformed/);
  });

  it("is told that there is no such topic, or no such path", async (test) => {
    const { topic } = await openGridWorld(test);
    const elsewhere = { ...topic, endpoint: topic.endpoint.replace("orders", "unknown") };
    const answer = await post(elsewhere, [event]);
    assert.equal(answer.status, 404);
    assert.equal((await errorOf(answer)).code, "NotFound");
    assert.equal((await fetch(topic.endpoint)).status, 405);
  });

  for (const [what, body, message] of [
    ["text that is not JSON", "[", /not valid JSON/],
    ["an object instead of an array", event, /Expected: StartArray, actual: StartObject/],
    ["an array of something else", [1], /must be a JSON object/],
    ["an event without an id", [{ ...event, id: "" }], /requires 'id'/],
    ["an event without a subject", [{ ...event, subject: null }], /requires 'subject'/],
    ["an event without a type", [{ ...event, eventType: 1 }], /requires 'eventType'/],
    ["an event without a time", [{ ...event, eventTime: "soon" }], /requires 'eventTime'/],
    ["an event of another topic", [{ ...event, topic: "/elsewhere" }], /'topic'/],
    ["another metadata version", [{ ...event, metadataVersion: "2" }], /'metadataVersion'/],
    ["an unknown property", [{ ...event, source: "/x" }], /unexpected property 'source'/],
  ] as const) {
    it(`is refused ${what}`, async (test) => {
      const { topic } = await openGridWorld(test);
      const answer = await post(topic, body);
      assert.equal(answer.status, 400);
      const error = await errorOf(answer);
      assert.equal(error.code, "BadRequest");
      assert.equal(error.details[0]?.code, "InputJsonInvalid");
      assert.match(error.message, message);
    });
  }

  for (const [what, body, message] of [
    ["without a source", [{ ...cloudEvent, source: undefined }], /requires 'source'/],
    ["of another version", [{ ...cloudEvent, specversion: "0.1" }], /requires 'specversion'/],
    ["with an attribute in upper case", [{ ...cloudEvent, eventType: "x" }], /'eventType'/],
    ["with a malformed time", [{ ...cloudEvent, time: "soon" }], /timestamp/],
    ["with two kinds of data", [{ ...cloudEvent, data: 1, data_base64: "AA==" }], /either/],
  ] as const) {
    it(`is refused a CloudEvent ${what}`, async (test) => {
      const { cloudTopic } = await openGridWorld(test);
      const answer = await post(cloudTopic, body);
      assert.equal(answer.status, 400);
      assert.match((await errorOf(answer)).message, message);
    });
  }

  it("may send one CloudEvent alone, or bytes as data", async (test) => {
    const { grid, cloudTopic, cloudClient, endpoint, untilCounts } = await openGridWorld(test);
    await grid.subscriptions.create("clouds", "hook", { destination: webhook(endpoint) });
    assert.equal((await post(cloudTopic, cloudEvent)).status, 200);
    const data = new TextEncoder().encode("hi");
    const bytes = { type: "Bytes", source: "/x", data, datacontenttype: "text/plain" };
    await cloudClient.send([{ id: "2", ...bytes }]);
    await untilCounts(({ delivered }) => delivered === 2);
    const sent = endpoint.events().find(({ id }) => id === "2");
    assert.equal(sent?.["data_base64"], Buffer.from("hi").toString("base64"));
  });

  it("may send up to 1 MB at once, and not a byte more", async (test) => {
    const { topic, client, endpoint, subscribe, untilCounts } = await openGridWorld(test);
    await subscribe();
    const padded = (bytes: number): string => {
      const empty = JSON.stringify([{ ...event, data: "" }]);
      return JSON.stringify([{ ...event, data: "x".repeat(bytes - empty.length) }]);
    };
    assert.equal((await post(topic, padded(1_048_576))).status, 200);
    const answer = await post(topic, padded(1_048_577));
    assert.equal(answer.status, 413);
    assert.equal((await errorOf(answer)).code, "RequestEntityTooLarge");
    await assert.rejects(client.send([order("2", { data: { text: "x".repeat(2_000_000) } })]), {
      statusCode: 413,
    });
    await untilCounts(({ delivered }) => delivered === 1);
    assert.deepEqual(endpoint.ids(), ["1"]);
  });

  it("whose array holds one wrong event has published none of it", async (test) => {
    const { topic, subscribe, counts } = await openGridWorld(test);
    await subscribe();
    assert.equal((await post(topic, [event, { ...event, id: "" }])).status, 400);
    assert.equal(counts().matched, 0);
  });
});
