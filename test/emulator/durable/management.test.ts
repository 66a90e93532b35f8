import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { givenSink } from "../telemetry/support/sink.ts";
import { startHub, type Hub, type Status } from "./support/hub.ts";

const hourMs = 3_600_000;

describe("the management API", () => {
  let hub: Hub;
  before(async () => {
    hub = await startHub();
  });
  after(async () => {
    await hub.app.stop();
  });

  const answer = async (method: string, path: string, body?: unknown): Promise<number> =>
    (await hub.request(method, path, body)).status;
  const untilWaiting = (id: string): Promise<Status> =>
    hub.until(id, ({ customStatus }) => customStatus === "waiting");
  const startWaiting = async (id: string): Promise<string> => {
    await hub.start("approval", { id });
    await untilWaiting(id);
    return id;
  };

  it("starts an instance and tells all its URLs, which carry a key", async () => {
    const response = await hub.request("POST", "orchestrators/Sequence/urls", ["x"]);
    assert.equal(response.status, 202);
    const urls = (await response.json()) as Readonly<Record<string, string>>;
    assert.equal(response.headers.get("location"), urls["statusQueryGetUri"]);
    assert.equal(urls["id"], "urls");
    assert.deepEqual(Object.keys(urls), [
      "id",
      "statusQueryGetUri",
      "sendEventPostUri",
      "terminatePostUri",
      "rewindPostUri",
      "purgeHistoryDeleteUri",
      "restartPostUri",
      "suspendPostUri",
      "resumePostUri",
    ]);
    await hub.end("urls");
    const status = await fetch(urls["statusQueryGetUri"] ?? "");
    assert.equal(status.status, 200);
  });

  it("hands the trace of the start on to children and activities, where telemetry is sent", async (t) => {
    const sink = await givenSink(t);
    const watched = await startHub({
      settings: { APPLICATIONINSIGHTS_CONNECTION_STRING: sink.connectionString },
    });
    t.after(() => watched.app.stop());
    const traceId = "0af7651916cd43dd8448eb211c80319c";
    const response = await fetch(
      `${watched.app.url}/runtime/webhooks/durabletask/orchestrators/traces-child/traced?code=master`,
      { method: "POST", headers: { traceparent: `00-${traceId}-b7ad6b7169203331-01` } },
    );
    assert.equal(response.status, 202);
    assert.equal((await watched.end("traced")).output, traceId);
  });

  it("is closed to callers without a key", async () => {
    const base = `${hub.app.url}/runtime/webhooks/durabletask`;
    assert.equal((await fetch(`${base}/instances`)).status, 401);
    assert.equal((await fetch(`${base}/instances?code=wrong`)).status, 401);
    assert.equal((await fetch(`${base}/instances?code=master`)).status, 200);
  });

  it("answers 202 while an instance runs and 200 when it has ended", async () => {
    const id = await startWaiting("states");
    const running = await hub.request("GET", `instances/${id}`);
    assert.equal(running.status, 202);
    assert.equal(running.headers.get("retry-after"), "5");
    assert.match(running.headers.get("location") ?? "", /instances\/states$/);
    await hub.raise(id, "answer", true);
    const { createdTime, lastUpdatedTime, ...status } = await hub.end(id);
    assert.deepEqual(status, {
      name: "approval",
      instanceId: "states",
      runtimeStatus: "Completed",
      input: null,
      output: { prepared: null, answer: true },
      customStatus: "waiting",
    });
    assert.match(createdTime, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    assert.ok(lastUpdatedTime >= createdTime);
    assert.equal(await answer("GET", `instances/${id}`), 200);
    assert.equal(await answer("GET", "instances/unknown"), 404);
  });

  it("answers 200 for a failed instance, or 500 on request", async () => {
    const id = await hub.start("failing");
    await hub.end(id);
    assert.equal(await answer("GET", `instances/${id}`), 200);
    assert.equal(
      await answer("GET", `instances/${id}?returnInternalServerErrorOnFailure=true`),
      500,
    );
  });

  it("refuses to start an unknown function, a bad id and a bad body", async () => {
    assert.equal(await answer("POST", "orchestrators/nobody"), 400);
    assert.equal(await answer("POST", "orchestrators/echo"), 400, "an activity");
    assert.equal(await answer("POST", "orchestrators/sequence/@x"), 400);
    assert.equal(await answer("POST", `orchestrators/sequence/${"x".repeat(257)}`), 400);
    const response = await fetch(
      `${hub.app.url}/runtime/webhooks/durabletask/orchestrators/sequence?code=master`,
      { method: "POST", body: "{" },
    );
    assert.equal(response.status, 400);
  });

  it("refuses to start a running instance again, and replaces one that has ended", async () => {
    const id = await startWaiting("again");
    const response = await hub.request("POST", `orchestrators/approval/${id}`, 1);
    assert.equal(response.status, 409);
    assert.match(await response.text(), /status Running already exists/);
    await hub.raise(id, "answer");
    await hub.end(id);
    await hub.start("sequence", { id, input: ["other"] });
    assert.deepEqual((await hub.end(id)).output, ["other"]);
  });

  it("shows inputs unless told not to, and the history when told so", async () => {
    const id = await hub.start("sequence", { input: ["x"] });
    await hub.end(id);
    const bare = await hub.request("GET", `instances/${id}?showInput=false`);
    const status = (await bare.json()) as Status;
    assert.equal(status.input, null);
    assert.equal("historyEvents" in status, false);
    const types = (await hub.history(id)).map(({ EventType }) => EventType);
    assert.deepEqual(types, ["ExecutionStarted", "TaskCompleted", "ExecutionCompleted"]);
    const [started, echoed] = await hub.history(id);
    assert.equal(started?.["FunctionName"], "sequence");
    assert.equal(echoed?.["FunctionName"], "echo");
    assert.equal(echoed["Result"], "x");
    const without = await hub.request("GET", `instances/${id}?showHistory=true`);
    const { historyEvents = [] } = (await without.json()) as Status;
    assert.equal(
      historyEvents.some((event) => "Result" in event),
      false,
    );
  });

  it("refuses events that are no JSON, unknown instances (404) and ended ones (410)", async () => {
    const id = await startWaiting("events");
    const base = `${hub.app.url}/runtime/webhooks/durabletask/instances/${id}`;
    const post = async (type: string, body: string): Promise<number> => {
      const headers = { "content-type": type, "x-functions-key": "master" };
      return (await fetch(`${base}/raiseEvent/x`, { method: "POST", headers, body })).status;
    };
    assert.equal(await post("text/plain", "1"), 400);
    assert.equal(await post("application/json", "{"), 400);
    assert.equal(await post("application/json; charset=utf-8", "1"), 202);
    assert.equal(await answer("POST", "instances/unknown/raiseEvent/x", 1), 404);
    await hub.raise(id, "answer");
    await hub.end(id);
    assert.equal(await answer("POST", `instances/${id}/raiseEvent/x`, 1), 410);
  });

  it("terminates with a reason; 404 for unknown, 410 for ended instances", async () => {
    const id = await startWaiting("terminated");
    assert.equal(await answer("POST", `instances/${id}/terminate?reason=enough`), 202);
    const { runtimeStatus, output } = await hub.end(id);
    assert.deepEqual([runtimeStatus, output], ["Terminated", "enough"]);
    for (const verb of ["terminate", "suspend", "resume"]) {
      assert.equal(await answer("POST", `instances/${id}/${verb}?reason=x`), 410);
      assert.equal(await answer("POST", `instances/unknown/${verb}?reason=x`), 404);
    }
  });

  it("suspends: events and timers wait until the instance is resumed", async () => {
    const id = await startWaiting("suspended");
    assert.equal(await answer("POST", `instances/${id}/suspend?reason=x`), 202);
    await hub.until(id, ({ runtimeStatus }) => runtimeStatus === "Suspended");
    await hub.raise(id, "answer", "meanwhile");
    assert.equal(await answer("POST", `orchestrators/approval/${id}`), 409);
    hub.advance(24 * hourMs);
    assert.equal((await hub.status(id)).runtimeStatus, "Suspended");
    assert.equal(await answer("POST", `instances/${id}/resume?reason=x`), 202);
    assert.deepEqual((await hub.end(id)).output, { prepared: null, answer: "meanwhile" });
  });

  it("purges an ended instance, not a running one", async () => {
    const id = await startWaiting("purged");
    const running = await hub.request("DELETE", `instances/${id}`);
    assert.equal(running.status, 412);
    assert.equal(
      await running.json(),
      "Only orchestrations in a terminal state can be purged, but the orchestration with " +
        "instance ID purged has status Running",
    );
    await hub.raise(id, "answer");
    await hub.end(id);
    const ended = await hub.request("DELETE", `instances/${id}`);
    assert.deepEqual(await ended.json(), { instancesDeleted: 1 });
    assert.equal(await answer("GET", `instances/${id}`), 404);
    assert.equal(await answer("DELETE", `instances/${id}`), 404);
  });

  it("restarts with a new id or the same", async () => {
    const id = await hub.start("sequence", { id: "restarted", input: ["x"] });
    await hub.end(id);
    const anew = await hub.request("POST", `instances/${id}/restart`);
    const { id: newId } = (await anew.json()) as { readonly id: string };
    assert.notEqual(newId, id);
    assert.deepEqual((await hub.end(newId)).output, ["x"]);
    const same = await hub.request(
      "POST",
      `instances/${id}/restart?restartWithNewInstanceId=false`,
    );
    assert.equal(((await same.json()) as { readonly id: string }).id, id);
    assert.equal(await answer("POST", "instances/unknown/restart"), 400);
  });

  it("has neither rewind nor entities, and says so", async () => {
    const id = await hub.start("failing");
    await hub.end(id);
    assert.equal(await answer("POST", `instances/${id}/rewind?reason=x`), 501);
    assert.equal(await answer("GET", "entities/counter/1"), 501);
    assert.equal(await answer("POST", "instances/unknown/rewind?reason=x"), 404);
    assert.equal(await answer("GET", "elsewhere"), 404);
  });
});

describe("the list of instances", () => {
  let hub: Hub;
  before(async () => {
    hub = await startHub();
    for (const index of [0, 1, 2, 3, 4]) {
      if (index === 3) hub.advance(hourMs);
      await hub.start("sequence", { id: `list-${index}`, input: [] });
      await hub.end(`list-${index}`);
    }
    await hub.start("approval", { id: "waiting" });
    await hub.until("waiting", ({ runtimeStatus }) => runtimeStatus === "Running");
  });
  after(async () => {
    await hub.app.stop();
  });

  const list = async (query: string, token?: string): Promise<Response> =>
    fetch(`${hub.app.url}/runtime/webhooks/durabletask/instances/?${query}`, {
      headers: {
        "x-functions-key": "master",
        ...(token !== undefined && { "x-ms-continuation-token": token }),
      },
    });
  const ids = async (query: string): Promise<string[]> =>
    ((await (await list(query)).json()) as Status[]).map(({ instanceId }) => instanceId);

  it("is filtered by status, time and prefix", async () => {
    assert.deepEqual(await ids("runtimeStatus=Running,Pending"), ["waiting"]);
    assert.equal((await ids("runtimeStatus=Completed")).length, 5);
    assert.deepEqual(await ids("instanceIdPrefix=list-1"), ["list-1"]);
    const soon = new Date(Date.now() + hourMs / 2).toISOString();
    assert.deepEqual(await ids(`createdTimeTo=${soon}`), ["list-0", "list-1", "list-2"]);
    assert.deepEqual(await ids(`createdTimeFrom=${soon}`), ["list-3", "list-4", "waiting"]);
  });

  it("comes in pages, each with the token of the next", async () => {
    const pages: string[][] = [];
    let token: string | undefined;
    do {
      const response = await list("top=4", token);
      pages.push(((await response.json()) as Status[]).map(({ instanceId }) => instanceId));
      token = response.headers.get("x-ms-continuation-token") ?? undefined;
    } while (token !== undefined);
    assert.deepEqual(pages, [
      ["list-0", "list-1", "list-2", "list-3"],
      ["list-4", "waiting"],
    ]);
    assert.equal((await list("", "%%")).status, 400);
  });

  const purge = async (query: string): Promise<unknown> => {
    const response = await hub.request("DELETE", `instances/?${query}`);
    return response.status === 404 ? "nothing" : response.json();
  };
  const ever = `createdTimeFrom=${new Date(0).toISOString()}`;

  it("is purged by time and by the statuses of ended instances", async () => {
    const missing = "Please provide value for 'createdTimeFrom' parameter.";
    assert.equal(await purge("runtimeStatus=Completed"), missing);
    const soon = new Date(Date.now() + hourMs / 2).toISOString();
    const early = `${ever}&createdTimeTo=${soon}`;
    assert.equal(await purge(`${early}&runtimeStatus=Failed,Terminated`), "nothing");
    assert.deepEqual(await purge(`${early}&runtimeStatus=Completed`), { instancesDeleted: 3 });
    // The running one is named in vain: it is kept for the sake of the other name.
    const both = `${ever}&runtimeStatus=Completed,Running`;
    assert.deepEqual(await purge(both), { instancesDeleted: 2 });
    assert.deepEqual(await ids(""), ["waiting"]);
  });

  for (const [what, query] of [
    ["no status", ""],
    ["only statuses that are none of an ended instance", "&runtimeStatus=Running,Nonsense"],
    ["a prefix, which counts for nothing", "&instanceIdPrefix=other"],
  ] as const) {
    it(`loses running instances to a purge with ${what}`, async () => {
      const id = await hub.start("waits-for-child");
      await hub.until(id, ({ runtimeStatus }) => runtimeStatus === "Running");
      assert.ok((await ids("")).includes(id));
      await purge(`${ever}${query}`);
      assert.deepEqual(await ids(""), []);
      assert.equal((await hub.request("POST", `instances/${id}/raiseEvent/answer`, 1)).status, 404);
    });
  }

  it("is not brought back by what a purged instance has waited for", async () => {
    const id = await hub.start("holds");
    await hub.app.until(() => hub.app.seen("held").includes(id));
    await purge(ever);
    hub.app.order({ kind: "proceed", what: "held" });
    await hub.end(await hub.start("sequence", { id: "later", input: ["x"] }));
    assert.deepEqual(await ids(""), ["later"]);
  });
});
