// Patches, transactional batches, bulk.
using System.Net;
using Microsoft.Azure.Cosmos;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using static Harness;

static partial class Checks {
  static async Task Patches() {
    var k = await K("patch");
    var PK = new PartitionKey("a");
    async Task<JObject> P(string start, params PatchOperation[] ops) {
      var d = J(start);
      d["id"] = "p";
      d["pk"] = "a";
      await k.UpsertItemAsync(d, PK);
      return (await k.PatchItemAsync<JObject>("p", PK, ops)).Resource;
    }
    async Task PBad(string start, HttpStatusCode want, params PatchOperation[] ops) {
      var d = J(start);
      d["id"] = "p";
      d["pk"] = "a";
      await k.UpsertItemAsync(d, PK);
      var e = await Throws(() => k.PatchItemAsync<JObject>("p", PK, ops), want);
    }
    await Check("patch add/set/replace/remove/incr/move", async () => {
      var o = await P("{\"x\":1,\"o\":{\"y\":2},\"arr\":[1,2,3]}", PatchOperation.Add("/n", "new"), PatchOperation
        .Set("/x", 5), PatchOperation.Replace("/o/y", 7), PatchOperation.Add("/arr/1", 9), PatchOperation.Increment("/cnt", 1),
        PatchOperation.Increment("/o/y", 1.5), PatchOperation.Remove("/arr/0"), PatchOperation.Add("/arr/-", 4), PatchOperation
        .Move("/n", "/o/m"));
      EqJ("[9,2,3,4]", o["arr"]); EqJ("{\"y\":8.5,\"m\":\"new\"}", o["o"]); Eq(1, (int)o["cnt"]);
      True(o["n"] == null, "moved");
    });
    await Check("patch set array index replaces", async () => {
      var o = await P("{\"arr\":[1,2,3]}", PatchOperation.Set("/arr/1", 9)); EqJ("[1,9,3]", o["arr"]);
    });
    await Check("patch set at end of array appends", async () => {
      var o = await P("{\"arr\":[1,2,3]}", PatchOperation.Set("/arr/3", 9)); EqJ("[1,2,3,9]", o["arr"]);
    });
    await Check("patch add beyond end 400", () => PBad("{\"arr\":[1]}", HttpStatusCode.BadRequest, PatchOperation
      .Add("/arr/5", 9)));
    await Check("patch replace missing 400", () => PBad("{}", HttpStatusCode.BadRequest, PatchOperation.Replace("/nope", 9)));
    await Check("patch remove missing 400", () => PBad("{}", HttpStatusCode.BadRequest, PatchOperation.Remove("/nope")));
    await Check("patch parent missing 400", () => PBad("{}", HttpStatusCode.BadRequest, PatchOperation.Set("/a/b", 9)));
    await Check("patch incr string 400", () => PBad("{\"s\":\"x\"}", HttpStatusCode.BadRequest, PatchOperation
      .Increment("/s", 1)));
    await Check("patch 11 ops 400", () => PBad("{}", HttpStatusCode.BadRequest, Enumerable.Range(0, 11)
      .Select(i => PatchOperation.Set("/p" + i, i)).ToArray()));
    await Check("patch 10 ops ok", async () => {
      await P("{}", Enumerable.Range(0, 10).Select(i => PatchOperation.Set("/p" + i, i)).ToArray());
    });
    await Check("patch id / pk / system props 400", async () => {
      await PBad("{}", HttpStatusCode.BadRequest, PatchOperation.Set("/id", "z"));
      await PBad("{}", HttpStatusCode.BadRequest, PatchOperation.Set("/pk", "z"));
      await PBad("{}", HttpStatusCode.BadRequest, PatchOperation.Set("/_ts", 5));
      await PBad("{}", HttpStatusCode.BadRequest, PatchOperation.Set("/_etag", "5"));
      await PBad("{}", HttpStatusCode.BadRequest, PatchOperation.Remove("/_rid"));
    });
    await Check("patch set id to same value 400 (Azure refuses system paths)", () => PBad("{}", HttpStatusCode.BadRequest,
      PatchOperation.Set("/id", "p")));
    await Check("patch filterPredicate", async () => {
      await k.UpsertItemAsync(Doc("f", "a", new { n = 3, tags = new[] { "x" } }), PK);
      await k.PatchItemAsync<JObject>("f", PK, new[] { PatchOperation.Increment("/n", 1) },
        new PatchItemRequestOptions { FilterPredicate = "FROM c WHERE c.n = 3 AND ARRAY_CONTAINS(c.tags, 'x')" });
      var e = await Throws(() => k.PatchItemAsync<JObject>("f", PK, new[] { PatchOperation.Increment("/n", 1) },
        new PatchItemRequestOptions { FilterPredicate = "from c where c.n = 3" }), HttpStatusCode.PreconditionFailed);
      Note("sub " + e.SubStatusCode);
      await Throws(() => k.PatchItemAsync<JObject>("f", PK, new[] { PatchOperation.Increment("/n", 1) },
        new PatchItemRequestOptions { FilterPredicate = "garbage" }), HttpStatusCode.BadRequest);
      await Throws(() => k.PatchItemAsync<JObject>("f", PK, new[] { PatchOperation.Increment("/n", 1) },
        new PatchItemRequestOptions { IfMatchEtag = "\"x\"" }), HttpStatusCode.PreconditionFailed);
    });
    await Check("patch 404", async () => {
      await Throws(() => k.PatchItemAsync<JObject>("zz", PK, new[] { PatchOperation.Set("/n", 1) }), HttpStatusCode.NotFound);
    });
    await Check("patch null and object values", async () => {
      var o = await P("{\"a\":1}", PatchOperation.Set<object>("/a", null), PatchOperation
        .Add("/b", new { c = new[] { 1, 2 } }), PatchOperation.Set("/d", true));
      True(o["a"].Type == JTokenType.Null, "null"); EqJ("{\"c\":[1,2]}", o["b"]);
    });
    await Check("patch escape ~1 ~0", async () => {
      var o = await P("{\"a/b\":1,\"m~n\":2}", PatchOperation.Set("/a~1b", 3), PatchOperation.Set("/m~0n", 4));
      Eq(3, (int)o["a/b"]); Eq(4, (int)o["m~n"]);
    });
    await Check("patch increment missing parent 400, decrement", async () => {
      await PBad("{}", HttpStatusCode.BadRequest, PatchOperation.Increment("/a/b", 1));
      var o = await P("{\"n\":1}", PatchOperation.Increment("/n", -3)); Eq(-2, (int)o["n"]);
    });
    await Check("patch move array element / from missing 400 / into own child 400", async () => {
      var o = await P("{\"arr\":[1,2,3],\"x\":5}", PatchOperation.Move("/arr/0", "/first"));
      EqJ("[2,3]", o["arr"]); Eq(1, (int)o["first"]);
      await PBad("{}", HttpStatusCode.BadRequest, PatchOperation.Move("/nope", "/b"));
      await PBad("{\"a\":{\"b\":1}}", HttpStatusCode.BadRequest, PatchOperation.Move("/a", "/a/b/c"));
    });
    await Check("patch move over existing target overwrites", async () => {
      var o = await P("{\"a\":1,\"b\":2}", PatchOperation.Move("/a", "/b")); Eq(1, (int)o["b"]);
      True(o["a"] == null, "a gone");
    });
    await Check("patch ContentResponse false", async () => {
      await k.UpsertItemAsync(Doc("p", "a"), PK);
      var r = await k.PatchItemAsync<JObject>("p", PK, new[] { PatchOperation.Set("/n", 1) },
        new PatchItemRequestOptions { EnableContentResponseOnWrite = false });
      True(r.Resource == null, "resource");
    });
    await Check("patch ttl set then expiry", async () => {
      var t = await K("patchttl", o: p => p.DefaultTimeToLive = -1);
      await t.CreateItemAsync(Doc("1", "a"), PK);
      await t.PatchItemAsync<JObject>("1", PK, new[] { PatchOperation.Set("/ttl", 5) });
      await Serve("advance", "6000");
      await Throws(() => t.ReadItemAsync<JObject>("1", PK), HttpStatusCode.NotFound);
    });
    await Check("patch stream", async () => {
      await k.UpsertItemAsync(Doc("p", "a"), PK);
      var r = await k.PatchItemStreamAsync("p", PK, new[] { PatchOperation.Set("/n", 1) });
      Eq(HttpStatusCode.OK, r.StatusCode);
      Eq(HttpStatusCode.BadRequest, (await k.PatchItemStreamAsync("p", PK, new[] { PatchOperation.Remove("/zz") })).StatusCode);
    });
  }

  static async Task Batches() {
    var k = await K("batch");
    var PK = new PartitionKey("a");
    await Check("batch success, results", async () => {
      var b = k.CreateTransactionalBatch(PK).CreateItem(Doc("1", "a", new { n = 1 })).UpsertItem(Doc("2", "a"))
        .ReplaceItem("1", Doc("1", "a", new { n = 2 })).ReadItem("1")
        .PatchItem("1", new[] { PatchOperation.Increment("/n", 5) }).DeleteItem("2");
      using var r = await b.ExecuteAsync(); True(r.IsSuccessStatusCode, $"{r.StatusCode} {r.ErrorMessage}");
      Eq(6, r.Count); Eq("Created,Created,OK,OK,OK,NoContent", string.Join(",", r.Select(x => x.StatusCode)));
      Eq(2, (int)r.GetOperationResultAtIndex<JObject>(3).Resource["n"]);
      Eq(7, (int)r.GetOperationResultAtIndex<JObject>(4).Resource["n"]);
      True(r.RequestCharge > 0 && r.Headers.Session != null && r.ActivityId != null, "headers");
      True(r[0].ETag != null, "etag");
    });
    await Check("batch as this SDK sends it: refused with the reason", async () => {
      using var raw = Client(o => o.HttpClientFactory = null);
      using var r = await raw.GetContainer(D.Id, "batch").CreateTransactionalBatch(PK).CreateItem(Doc("raw", "a")).ExecuteAsync();
      Eq(HttpStatusCode.BadRequest, r.StatusCode); True(r.ErrorMessage.Contains("HybridRow"), r.ErrorMessage);
      await Throws(() => k.ReadItemAsync<JObject>("raw", PK), HttpStatusCode.NotFound);
    });
    await Check("batch failure 409 → 424 others, rolled back", async () => {
      using var r = await k.CreateTransactionalBatch(PK).CreateItem(Doc("n1", "a")).CreateItem(Doc("1", "a"))
        .CreateItem(Doc("n2", "a")).ExecuteAsync();
      Eq(HttpStatusCode.Conflict, r.StatusCode);
      Eq("FailedDependency,Conflict,FailedDependency", string.Join(",", r.Select(x => x.StatusCode)));
      await Throws(() => k.ReadItemAsync<JObject>("n1", PK), HttpStatusCode.NotFound);
    });
    await Check("batch 412 / 404 / patch condition", async () => {
      using var r = await k.CreateTransactionalBatch(PK)
        .ReplaceItem("1", Doc("1", "a"), new TransactionalBatchItemRequestOptions { IfMatchEtag = "\"x\"" }).ExecuteAsync();
      Eq(HttpStatusCode.PreconditionFailed, r.StatusCode);
      using var r2 = await k.CreateTransactionalBatch(PK).ReadItem("zz").CreateItem(Doc("zz", "a")).ExecuteAsync();
      Eq(HttpStatusCode.NotFound, r2.StatusCode);
      using var r3 = await k.CreateTransactionalBatch(PK).PatchItem("1", new[] { PatchOperation.Set("/q", 1) },
        new TransactionalBatchPatchItemRequestOptions { FilterPredicate = "FROM c WHERE c.n = 99" }).ExecuteAsync();
      Eq(HttpStatusCode.PreconditionFailed, r3.StatusCode);
    });
    await Check("batch read IfNoneMatch 304", async () => {
      var e = (await k.ReadItemAsync<JObject>("1", PK)).ETag;
      using var r = await k.CreateTransactionalBatch(PK)
        .ReadItem("1", new TransactionalBatchItemRequestOptions { IfNoneMatchEtag = e }).ReadItem("1").ExecuteAsync();
      Note($"{r.StatusCode}: " + string.Join(",", r.Select(x => x.StatusCode)));
    });
    await Check("batch 100 ok, 101 refused", async () => {
      var b = k.CreateTransactionalBatch(PK);
      for (int i = 0; i < 100; i++) b.UpsertItem(Doc("h" + i, "a"));
      using var r = await b.ExecuteAsync(); True(r.IsSuccessStatusCode && r.Count == 100, r.StatusCode + "");
      b = k.CreateTransactionalBatch(PK);
      for (int i = 0; i < 101; i++) b.UpsertItem(Doc("h" + i, "a"));
      using var r2 = await b.ExecuteAsync(); Eq(HttpStatusCode.BadRequest, r2.StatusCode);
    });
    await Check("batch >2MB 413", async () => {
      var b = k.CreateTransactionalBatch(PK);
      for (int i = 0; i < 3; i++) b.CreateItem(Doc("m" + i, "a", new { s = new string('x', 900_000) }));
      using var r = await b.ExecuteAsync(); Eq(HttpStatusCode.RequestEntityTooLarge, r.StatusCode);
    });
    await Check("batch other pk in body 400", async () => {
      using var r = await k.CreateTransactionalBatch(PK).CreateItem(Doc("w", "b")).CreateItem(Doc("w2", "a")).ExecuteAsync();
      Eq(HttpStatusCode.BadRequest, r.StatusCode);
      Note("" + r.ErrorMessage + " " + string.Join(",", r.Select(x => (int)x.StatusCode)));
    });
    await Check("batch no content response", async () => {
      using var r = await k.CreateTransactionalBatch(PK)
        .UpsertItem(Doc("c", "a"), new TransactionalBatchItemRequestOptions { EnableContentResponseOnWrite = false })
        .ReadItem("c").ExecuteAsync();
      True(r.IsSuccessStatusCode, "ok");
      Note($"write body {(r[0].ResourceStream == null ? "none" : "present")}, read body {(r[1].ResourceStream == null ? "none" : "present")}");
    });
    await Check("batch no content response: writes none, read present", async () => {
      using var r = await k.CreateTransactionalBatch(PK)
        .UpsertItem(Doc("c", "a"), new TransactionalBatchItemRequestOptions { EnableContentResponseOnWrite = false })
        .ReadItem("c", new TransactionalBatchItemRequestOptions { EnableContentResponseOnWrite = false }).ExecuteAsync();
      True(r.IsSuccessStatusCode, "ok");
      Note($"write body {(r[0].ResourceStream == null ? "none" : "present")}, read body {(r[1].ResourceStream == null ? "none" : "present")}");
      True(r[0].ResourceStream == null, "write body present although minimal asked");
    });
    await Check("batch pk None", async () => {
      using var r = await k.CreateTransactionalBatch(PartitionKey.None).CreateItem(J("{\"id\":\"bn\"}")).ExecuteAsync();
      True(r.IsSuccessStatusCode, r.StatusCode + " " + r.ErrorMessage);
      using var r2 = await k.CreateTransactionalBatch(PartitionKey.Null).CreateItem(J("{\"id\":\"bn\",\"pk\":null}"))
        .ExecuteAsync();
      True(r2.IsSuccessStatusCode, "null " + r2.StatusCode);
    });
    await Check("batch stream items", async () => {
      using var r = await k.CreateTransactionalBatch(PK).CreateItemStream(S("{\"id\":\"st\",\"pk\":\"a\",\"v\":\"ü\"}"))
        .ExecuteAsync();
      True(r.IsSuccessStatusCode, r.StatusCode + "");
      Eq("ü", (string)r.GetOperationResultAtIndex<JObject>(0).Resource["v"]);
    });
    await Check("batch hierarchical", async () => {
      var h = (await D.CreateContainerAsync(new ContainerProperties("hb", new List<string> { "/t", "/u" }))).Container;
      using var r = await h.CreateTransactionalBatch(new PartitionKeyBuilder().Add("t").Add("u").Build())
        .CreateItem(J("{\"id\":\"1\",\"t\":\"t\",\"u\":\"u\"}")).CreateItem(J("{\"id\":\"2\",\"t\":\"t\",\"u\":\"u\"}"))
        .ExecuteAsync();
      True(r.IsSuccessStatusCode, r.StatusCode + r.ErrorMessage);
    });
  }

  static async Task Bulk() {
    using var bc = Client(o => o.AllowBulkExecution = true);
    await K("bulk");
    var k = bc.GetContainer(D.Id, "bulk");
    await Check("bulk 500 creates over 50 partitions", async () => {
      var t = Enumerable.Range(0, 500).Select(i => k.CreateItemAsync(Doc("b" + i, "p" + i % 50, new { i }),
        new PartitionKey("p" + i % 50))).ToList();
      var r = await Task.WhenAll(t);
      True(r.All(x => x.StatusCode == HttpStatusCode.Created && x.RequestCharge > 0 && x.ETag != null), "results");
      Eq(500, (await All(k.GetItemQueryIterator<int>("SELECT VALUE COUNT(1) FROM c")))[0]);
    });
    await Check("bulk mix: upsert, replace, patch, delete, read, 409, 404", async () => {
      var PKs = (int i) => new PartitionKey("p" + i % 50);
      var u = k.UpsertItemAsync(Doc("b1", "p1", new { i = -1 }), PKs(1));
      var rp = k.ReplaceItemAsync(Doc("b2", "p2", new { i = -2 }), "b2", PKs(2));
      var pa = k.PatchItemAsync<JObject>("b3", PKs(3), new[] { PatchOperation.Set("/i", -3) });
      var de = k.DeleteItemAsync<JObject>("b4", PKs(4));
      var rd = k.ReadItemAsync<JObject>("b5", PKs(5));
      var cf = k.CreateItemAsync(Doc("b6", "p6"), PKs(6));
      var nf = k.ReadItemAsync<JObject>("zz", PKs(7));
      var pf = k.ReplaceItemAsync(Doc("b8", "p8"), "b8", PKs(8), new ItemRequestOptions { IfMatchEtag = "\"x\"" });
      Eq(HttpStatusCode.OK, (await u).StatusCode); Eq(HttpStatusCode.OK, (await rp).StatusCode);
      Eq(-3, (int)(await pa).Resource["i"]); Eq(HttpStatusCode.NoContent, (await de).StatusCode);
      Eq("b5", (string)(await rd).Resource["id"]);
      await Throws(() => cf, HttpStatusCode.Conflict);
      await Throws(() => nf, HttpStatusCode.NotFound);
      await Throws(() => pf, HttpStatusCode.PreconditionFailed);
    });
    await Check("bulk with pk none/null/number & hierarchical", async () => {
      await Task.WhenAll(k.CreateItemAsync(J("{\"id\":\"n\"}"), PartitionKey.None), k
        .CreateItemAsync(J("{\"id\":\"n\",\"pk\":null}"), PartitionKey.Null), k.CreateItemAsync(J("{\"id\":\"n\",\"pk\":5}"),
        new PartitionKey(5)));
      await D.CreateContainerAsync(new ContainerProperties("hbulk", new List<string> { "/t", "/u" }));
      var h = bc.GetContainer(D.Id, "hbulk");
      await Task.WhenAll(Enumerable.Range(0, 60).Select(i => h
        .CreateItemAsync(J($"{{\"id\":\"q{i}\",\"t\":\"t{i % 3}\",\"u\":\"u{i}\"}}"), new PartitionKeyBuilder().Add("t" + i % 3)
        .Add("u" + i).Build())));
      Eq(60, (await All(h.GetItemQueryIterator<int>("SELECT VALUE COUNT(1) FROM c")))[0]);
    });
    await Check("bulk 429 faults retried", async () => {
      using var b2 = Client(o => {
        o.AllowBulkExecution = true;
        o.MaxRetryAttemptsOnRateLimitedRequests = 9;
      });
      var kk = b2.GetContainer(D.Id, "bulk");
      await Serve("fault",
        "{\"match\":{\"operation\":\"create\",\"container\":\"bulk\"},\"effect\":{\"kind\":\"status\",\"status\":429,\"substatus\":3200,\"retryAfterMs\":20},\"times\":20}");
      try {
        var r = await Task.WhenAll(Enumerable.Range(0, 60)
          .Select(i => kk.CreateItemAsync(Doc("f" + i, "p" + i % 50), new PartitionKey("p" + i % 50))));
        True(r.All(x => x.StatusCode == HttpStatusCode.Created), "all");
      } finally { await Serve("clear"); }
    });
    await Check("bulk throttled by 400 RU throughput", async () => {
      await K("slow", t: 400);
      using var b2 = Client(o => {
        o.AllowBulkExecution = true;
        o.MaxRetryAttemptsOnRateLimitedRequests = 50;
        o.MaxRetryWaitTimeOnRateLimitedRequests = TimeSpan.FromSeconds(30);
      });
      var kk = b2.GetContainer(D.Id, "slow");
      var r = await Task.WhenAll(Enumerable.Range(0, 300)
        .Select(i => kk.CreateItemAsync(Doc("f" + i, "p" + i % 50), new PartitionKey("p" + i % 50))));
      True(r.All(x => x.StatusCode == HttpStatusCode.Created), "all");
    }, 60);
    await Check("bulk stream", async () => {
      var r = await Task.WhenAll(Enumerable.Range(0, 30)
        .Select(i => k.CreateItemStreamAsync(S(Doc("s" + i, "p" + i % 50).ToString()), new PartitionKey("p" + i % 50))));
      True(r.All(x => x.StatusCode == HttpStatusCode.Created), "all");
    });
    await Check("bulk large items: >2MB in total", async () => {
      var r = await Task.WhenAll(Enumerable.Range(0, 12)
        .Select(i => k.CreateItemAsync(Doc("L" + i, "p1", new { s = new string('x', 500_000) }), new PartitionKey("p1"))));
      True(r.All(x => x.StatusCode == HttpStatusCode.Created), "all");
      await Throws(() => k.CreateItemAsync(Doc("LL", "p1", new { s = new string('x', 2_200_000) }), new PartitionKey("p1")),
        HttpStatusCode.RequestEntityTooLarge);
    });
    await Check("bulk no content", async () => {
      var r = await Task.WhenAll(Enumerable.Range(0, 10)
        .Select(i => k.UpsertItemAsync(Doc("nc" + i, "p1"), new PartitionKey("p1"),
        new ItemRequestOptions { EnableContentResponseOnWrite = false })));
      True(r.All(x => x.Resource == null && x.StatusCode == HttpStatusCode.Created), "all");
    });
  }
}
