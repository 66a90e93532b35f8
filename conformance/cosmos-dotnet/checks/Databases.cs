// Databases, containers, throughput, hierarchical partition keys.
using System.Net;
using Microsoft.Azure.Cosmos;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using static Harness;

static partial class Checks {
  static async Task Databases() {
    await Check("db create/exists/read/delete", async () => {
      var r = await C.CreateDatabaseAsync("d1"); Eq(HttpStatusCode.Created, r.StatusCode);
      True(r.RequestCharge > 0, "charge"); True(r.ActivityId != null, "activity");
      Eq(HttpStatusCode.OK, (await C.CreateDatabaseIfNotExistsAsync("d1")).StatusCode);
      await Throws(() => C.CreateDatabaseAsync("d1"), HttpStatusCode.Conflict);
      var rd = await C.GetDatabase("d1").ReadAsync(); Eq("d1", rd.Resource.Id);
      True(rd.Resource.ETag != null && rd.Resource.LastModified != null && rd.Resource.SelfLink != null, "props");
      Eq(HttpStatusCode.NoContent, (await C.GetDatabase("d1").DeleteAsync()).StatusCode);
      await Throws(() => C.GetDatabase("d1").ReadAsync(), HttpStatusCode.NotFound, 0);
      await Throws(() => C.GetDatabase("d1").DeleteAsync(), HttpStatusCode.NotFound, 0);
    });
    await Check("db response activity id echoes request", async () => {
      var r = await D.ReadStreamAsync();
      True(r.Diagnostics.ToString().Contains(r.Headers.ActivityId),
        "the activity id of the response is not the one of the request in diagnostics");
    });
    await Check("db query iterator", async () => {
      var l = await All(C.GetDatabaseQueryIterator<DatabaseProperties>("SELECT * FROM d WHERE d.id = '" + D.Id + "'"));
      Eq(1, l.Count);
      var l2 = await All(C.GetDatabaseQueryIterator<DatabaseProperties>()); True(l2.Count >= 1, "list");
    });
    await Check("db query iterator paged MaxItemCount=1", async () => {
      await C.CreateDatabaseIfNotExistsAsync("dd1");
      await C.CreateDatabaseIfNotExistsAsync("dd2");
      var pages = new List<int>();
      var l = await All(C.GetDatabaseQueryIterator<DatabaseProperties>((string)null, null,
        new QueryRequestOptions { MaxItemCount = 1 }), pages);
      True(l.Count >= 3, "all"); True(pages.All(p => p <= 1), "pages of " + string.Join(",", pages));
    });
    await Check("db shared throughput", async () => {
      var r = await C.CreateDatabaseAsync("dshared", 400); Eq(400, await r.Database.ReadThroughputAsync());
    });
    await Check("db ReadThroughput null when none", async () => { Eq<int?>(null, await D.ReadThroughputAsync()); });
    await Check("db ReadThroughput(RequestOptions) 404 when none", async () => {
      await Throws(() => D.ReadThroughputAsync(new RequestOptions()), HttpStatusCode.NotFound);
    });
    await Check("container create 201, read, delete 204, recreate", async () => {
      var r = await D.CreateContainerAsync(new ContainerProperties("x1", "/pk"));
      Eq(HttpStatusCode.Created, r.StatusCode);
      Eq(HttpStatusCode.OK, (await D.CreateContainerIfNotExistsAsync(new ContainerProperties("x1", "/pk"))).StatusCode);
      await Throws(() => D.CreateContainerAsync(new ContainerProperties("x1", "/pk")), HttpStatusCode.Conflict);
      try {
        await D.CreateContainerIfNotExistsAsync(new ContainerProperties("x1", "/other"));
        throw new Unexpected("no ArgumentException for another pk path");
      } catch (ArgumentException) { }
      var k = r.Container;
      await k.CreateItemAsync(Doc("1", "a"));
      Eq(HttpStatusCode.NoContent, (await k.DeleteContainerAsync()).StatusCode);
      await Throws(() => k.ReadContainerAsync(), HttpStatusCode.NotFound);
      await D.CreateContainerAsync(new ContainerProperties("x1", "/pk"));
      await Throws(() => k.ReadItemAsync<JObject>("1", new PartitionKey("a")), HttpStatusCode.NotFound);
      await k.CreateItemAsync(Doc("1", "a"));
    });
    await Check("container stale client after recreate", async () => {
      using var c2 = Client();
      var k1 = await K("stale");
      await k1.CreateItemAsync(Doc("1", "a"));
      var k2 = c2.GetContainer(D.Id, "stale");
      await k2.ReadItemAsync<JObject>("1", new PartitionKey("a"));
      Eq(1, (await All(k2.GetItemQueryIterator<JObject>("SELECT * FROM c"))).Count);
      await k1.DeleteContainerAsync();
      k1 = await K("stale", "/pk2");
      await k1.CreateItemAsync(J("{\"id\":\"2\",\"pk2\":\"b\"}"), new PartitionKey("b"));
      await k2.ReadItemAsync<JObject>("2", new PartitionKey("b"));
      Eq(1, (await All(k2.GetItemQueryIterator<JObject>("SELECT * FROM c ORDER BY c.id"))).Count);
      Eq(1, (await All(k2.GetItemLinqQueryable<JObject>(true).ToFeed())).Count);
    });
    await Check("container replace indexing policy, ttl", async () => {
      var k = await K("x2");
      var p = (await k.ReadContainerAsync()).Resource;
      p.DefaultTimeToLive = 100;
      p.IndexingPolicy.ExcludedPaths.Add(new ExcludedPath { Path = "/big/*" });
      p.IndexingPolicy.CompositeIndexes.Add(new System.Collections.ObjectModel.Collection<CompositePath> { new() { Path = "/a",
        Order = CompositePathSortOrder.Ascending }, new() { Path = "/b", Order = CompositePathSortOrder.Descending } });
      var r = await k.ReplaceContainerAsync(p); Eq(100, r.Resource.DefaultTimeToLive);
      var q = (await k.ReadContainerAsync()).Resource; Eq(1, q.IndexingPolicy.CompositeIndexes.Count);
      True(q.IndexingPolicy.ExcludedPaths.Any(e => e.Path == "/big/*"), "excluded");
      q.DefaultTimeToLive = null;
      Eq<int?>(null, (await k.ReplaceContainerAsync(q)).Resource.DefaultTimeToLive);
    });
    await Check("container replace with PopulateQuotaInfo / index progress header", async () => {
      var k = await K("x2q");
      var r = await k.ReadContainerAsync(new ContainerRequestOptions { PopulateQuotaInfo = true });
      True(r.Headers["x-ms-documentdb-collection-index-transformation-progress"] == "100",
        "no index transformation progress header");
      True(r.Headers["x-ms-resource-usage"] != null && r.Headers["x-ms-resource-quota"] != null,
        "no resource usage/quota headers");
    });
    await Check("container replace etag mismatch 412", async () => {
      var k = await K("x3");
      var p = (await k.ReadContainerAsync()).Resource;
      await Throws(() => k.ReplaceContainerAsync(p, new ContainerRequestOptions { IfMatchEtag = "\"nope\"" }),
        HttpStatusCode.PreconditionFailed);
    });
    await Check("container replace pk path refused 400", async () => {
      var k = await K("x4");
      var p = new ContainerProperties("x4", "/other") { PartitionKeyDefinitionVersion = PartitionKeyDefinitionVersion.V2 };
      await Throws(() => k.ReplaceContainerAsync(p), HttpStatusCode.BadRequest);
    });
    await Check("indexing modes/paths", async () => {
      var k = await K("x5", o: p => {
        p.IndexingPolicy.IndexingMode = IndexingMode.None;
        p.IndexingPolicy.Automatic = false;
      }); Eq(IndexingMode.None, (await k.ReadContainerAsync()).Resource.IndexingPolicy.IndexingMode);
      var k2 = await K("x6", o: p => {
        p.IndexingPolicy.IncludedPaths.Add(new IncludedPath { Path = "/a/?" });
        p.IndexingPolicy.IncludedPaths.Add(new IncludedPath { Path = "/arr/[]/x/?" });
        p.IndexingPolicy.ExcludedPaths.Add(new ExcludedPath { Path = "/*" });
      });
      var got = (await k2.ReadContainerAsync()).Resource.IndexingPolicy; Eq(2, got.IncludedPaths.Count);
    });
    await Check("indexing spatial", async () => {
      await K("x7", o: p => p.IndexingPolicy.SpatialIndexes
        .Add(new SpatialPath { Path = "/loc/*", SpatialTypes = { SpatialType.Point } }));
    });
    await Check("indexing invalid path refused", async () => {
      await Throws(() => K("x8", o: p => {
        p.IndexingPolicy.IncludedPaths.Add(new IncludedPath { Path = "nope" });
      }), HttpStatusCode.BadRequest);
    });
    await Check("computed properties", async () => {
      var k = await K("x9", o: p => p.ComputedProperties = new() { new ComputedProperty { Name = "cp_low",
        Query = "SELECT VALUE LOWER(c.name) FROM c" } });
      Eq(1, (await k.ReadContainerAsync()).Resource.ComputedProperties.Count);
    });
    await Check("conflict resolution LWW custom path", async () => {
      var k = await K("x10", o: p => p.ConflictResolutionPolicy = new ConflictResolutionPolicy { Mode =
        ConflictResolutionMode.LastWriterWins, ResolutionPath = "/prio" });
      Eq("/prio", (await k.ReadContainerAsync()).Resource.ConflictResolutionPolicy.ResolutionPath);
    });
    await Check("conflict resolution Custom", async () => {
      var k = await K("x11", o: p => p.ConflictResolutionPolicy = new ConflictResolutionPolicy { Mode =
        ConflictResolutionMode.Custom, ResolutionProcedure = $"dbs/{D.Id}/colls/x11/sprocs/r" });
      Eq(ConflictResolutionMode.Custom, (await k.ReadContainerAsync()).Resource.ConflictResolutionPolicy.Mode);
    });
    await Check("conflicts feed empty", async () => {
      var k = await K("x12");
      Eq(0, (await All(k.Conflicts.GetConflictQueryIterator<ConflictProperties>())).Count);
    });
    await Check("analytical ttl / changefeed policy", async () => {
      var k = await K("x13", o: p => p.ChangeFeedPolicy = new ChangeFeedPolicy { FullFidelityRetention = TimeSpan
        .FromMinutes(5) });
      Eq(TimeSpan.FromMinutes(5), (await k.ReadContainerAsync()).Resource.ChangeFeedPolicy.FullFidelityRetention);
    });
    await Check("container with analytical store ttl is kept or refused", async () => {
      var k = await K("x13a", o: p => p.AnalyticalStoreTimeToLiveInSeconds = -1);
      Eq(-1, (await k.ReadContainerAsync()).Resource.AnalyticalStoreTimeToLiveInSeconds);
    });
    await Check("container TimeToLivePropertyPath kept or refused", async () => {
#pragma warning disable CS0618
      try {
        var k = await K("x13b", o: p => { p.DefaultTimeToLive = 10; p.TimeToLivePropertyPath = "/exp"; });
        Eq("/exp", (await k.ReadContainerAsync()).Resource.TimeToLivePropertyPath);
      } catch (CosmosException e) { Eq(HttpStatusCode.BadRequest, e.StatusCode); }
#pragma warning restore CS0618
    });
    await Check("container geospatial config kept", async () => {
      var k = await K("x13c", o: p => p.GeospatialConfig = new GeospatialConfig(GeospatialType.Geometry));
      Eq(GeospatialType.Geometry, (await k.ReadContainerAsync()).Resource.GeospatialConfig.GeospatialType);
    });
    await Check("container vector policy", async () => {
      await K("x13d", o: p => p.VectorEmbeddingPolicy = new VectorEmbeddingPolicy(new
        System.Collections.ObjectModel.Collection<Embedding> { new() { Path = "/v", DataType = VectorDataType.Float32,
        Dimensions = 3, DistanceFunction = DistanceFunction.Cosine } }));
    });
    await Check("container name invalid chars", async () => {
      foreach (var bad in new[] { "a#b", "a?b" }) {
        try {
          await D.CreateContainerAsync(new ContainerProperties(bad, "/pk"));
          throw new Unexpected("accepted " + bad);
        } catch (CosmosException e) { Eq(HttpStatusCode.BadRequest, e.StatusCode); } catch (ArgumentException) { }
      }
    });
    await Check("container name unicode, space, plus, percent", async () => {
      foreach (var n in new[] { "käse 1", "a+b", "日本", "a&b=c", "it's" }) {
        var k = await K(n); Eq(n, (await k.ReadContainerAsync()).Resource.Id);
        await k.CreateItemAsync(Doc("1", "a"));
        Eq("1", (string)(await k.ReadItemAsync<JObject>("1", new PartitionKey("a"))).Resource["id"]);
        Eq(1, (await All(k.GetItemQueryIterator<JObject>("SELECT * FROM c"))).Count);
        await k.DeleteContainerAsync();
      }
    });
    await Check("container query iterator", async () => {
      await K("q-one");
      var l = await All(D.GetContainerQueryIterator<ContainerProperties>("SELECT * FROM c WHERE c.id = 'q-one'"));
      Eq(1, l.Count);
      var ids = await All(D.GetContainerQueryIterator<string>("SELECT VALUE c.id FROM c WHERE STARTSWITH(c.id, 'q-')"));
      Eq("q-one", ids.Single());
    });
    await Check("throughput manual", async () => {
      var k = await K("t1", t: 500); Eq(500, await k.ReadThroughputAsync());
      var r = await k.ReadThroughputAsync(new RequestOptions()); Eq(500, r.Resource.Throughput);
      True(r.MinThroughput >= 400, "MinThroughput " + r.MinThroughput);
      Eq<bool?>(false, r.IsReplacePending, "IsReplacePending");
      var rr = await k.ReplaceThroughputAsync(700); Eq(700, rr.Resource.Throughput);
      Eq(700, await k.ReadThroughputAsync());
      await Throws(() => k.ReplaceThroughputAsync(450), HttpStatusCode.BadRequest);
      await Throws(() => k.ReplaceThroughputAsync(300), HttpStatusCode.BadRequest);
    });
    await Check("throughput manual step: 450 refused on create", async () => {
      await Throws(() => K("t1b", t: 450), HttpStatusCode.BadRequest);
    });
    await Check("throughput autoscale", async () => {
      var r = await D.CreateContainerAsync(new ContainerProperties("t2", "/pk"), ThroughputProperties
        .CreateAutoscaleThroughput(4000));
      var k = r.Container;
      var t = await k.ReadThroughputAsync(new RequestOptions());
      Eq(4000, t.Resource.AutoscaleMaxThroughput, "max");
      Eq<int?>(400, t.Resource.Throughput, "current throughput of autoscale (10% when idle)");
    });
    await Check("throughput autoscale replace", async () => {
      var r = await D.CreateContainerAsync(new ContainerProperties("t2b", "/pk"), ThroughputProperties
        .CreateAutoscaleThroughput(4000));
      var k = r.Container;
      var rr = await k.ReplaceThroughputAsync(ThroughputProperties.CreateAutoscaleThroughput(5000));
      Eq(5000, rr.Resource.AutoscaleMaxThroughput);
      Eq(5000, (await k.ReadThroughputAsync(new RequestOptions())).Resource.AutoscaleMaxThroughput);
      await Throws(() => k.ReplaceThroughputAsync(ThroughputProperties.CreateAutoscaleThroughput(1500)),
        HttpStatusCode.BadRequest);
    });
    await Check("throughput autoscale <-> manual by SDK", async () => {
      var k = (await D.CreateContainerAsync(new ContainerProperties("t2c", "/pk"), ThroughputProperties
        .CreateAutoscaleThroughput(4000))).Container;
      await Throws(() => k.ReplaceThroughputAsync(ThroughputProperties.CreateManualThroughput(1000)),
        HttpStatusCode.BadRequest);
    });
    await Check("container without throughput in db without: ReadThroughput", async () => {
      var k = (await D.CreateContainerAsync(new ContainerProperties("t3", "/pk"))).Container;
      Eq<int?>(400, await k.ReadThroughputAsync(),
        "a container created without throughput in a database without gets 400 RU/s");
    });
    await Check("hierarchical pk: create, definition, items, prefix query", async () => {
      var k = (await D.CreateContainerAsync(new ContainerProperties("h1", new List<string> { "/t", "/u", "/s" }))).Container;
      var p = (await k.ReadContainerAsync()).Resource; Eq("/t,/u,/s", string.Join(",", p.PartitionKeyPaths));
      for (int i = 0; i < 12; i++) await k.CreateItemAsync(J(
        $"{{\"id\":\"{i}\",\"t\":\"t{i % 2}\",\"u\":\"u{i % 3}\",\"s\":{i}}}"), new PartitionKeyBuilder().Add("t" + i % 2)
        .Add("u" + i % 3).Add((double)i).Build());
      Eq("5", (string)(await k.ReadItemAsync<JObject>("5", new PartitionKeyBuilder().Add("t1").Add("u2").Add(5.0)
        .Build())).Resource["id"]);
      Eq(6, (await All(k.GetItemQueryIterator<JObject>("SELECT * FROM c", null,
        new QueryRequestOptions { PartitionKey = new PartitionKeyBuilder().Add("t1").Build() }))).Count, "prefix1");
      Eq(2, (await All(k.GetItemQueryIterator<JObject>("SELECT * FROM c", null,
        new QueryRequestOptions { PartitionKey = new PartitionKeyBuilder().Add("t1").Add("u2").Build() }))).Count, "prefix2");
      Eq(6, (await All(k.GetItemQueryIterator<int>("SELECT VALUE COUNT(1) FROM c WHERE c.t = 't0'")))[0], "count");
      Eq(6, (await All(k.GetItemQueryIterator<JObject>("SELECT * FROM c WHERE c.t = 't0' ORDER BY c.s DESC"))).Count, "where");
      await Throws(() => k.ReadItemAsync<JObject>("5", new PartitionKeyBuilder().Add("t1").Build()), HttpStatusCode.BadRequest);
      await k.CreateItemAsync(J("{\"id\":\"n\",\"t\":\"t9\"}"), new PartitionKeyBuilder().Add("t9").AddNoneType().AddNoneType()
        .Build());
      await k.CreateItemAsync(J("{\"id\":\"nn\",\"t\":\"t9\",\"u\":null,\"s\":true}"), new PartitionKeyBuilder().Add("t9")
        .AddNullValue().Add(true).Build());
      await k.CreateItemAsync(J("{\"id\":\"auto\",\"t\":\"t9\",\"u\":\"x\",\"s\":1}"));
      Eq(3, (await All(k.GetItemQueryIterator<JObject>("SELECT * FROM c", null,
        new QueryRequestOptions { PartitionKey = new PartitionKeyBuilder().Add("t9").Build() }))).Count, "t9");
    });
    await Check("hierarchical pk: last path id", async () => {
      var k = (await D.CreateContainerAsync(new ContainerProperties("h2", new List<string> { "/t", "/id" }))).Container;
      await k.CreateItemAsync(J("{\"id\":\"1\",\"t\":\"a\"}"));
      Eq("1", (string)(await k.ReadItemAsync<JObject>("1", new PartitionKeyBuilder().Add("a").Add("1")
        .Build())).Resource["id"]);
    });
    await Check("unique keys", async () => {
      var k = await K("u1", o: p => p.UniqueKeyPolicy.UniqueKeys.Add(new UniqueKey { Paths = { "/mail", "/a/b" } }));
      await k.CreateItemAsync(J("{\"id\":\"1\",\"pk\":\"a\",\"mail\":\"x\",\"a\":{\"b\":1}}"));
      var e = await Throws(() => k.CreateItemAsync(J("{\"id\":\"2\",\"pk\":\"a\",\"mail\":\"x\",\"a\":{\"b\":1}}")),
        HttpStatusCode.Conflict);
      await k.CreateItemAsync(J("{\"id\":\"2\",\"pk\":\"b\",\"mail\":\"x\",\"a\":{\"b\":1}}"));
      await k.CreateItemAsync(J("{\"id\":\"3\",\"pk\":\"a\",\"mail\":\"x\"}"));
      await Throws(() => k.CreateItemAsync(J("{\"id\":\"4\",\"pk\":\"a\",\"mail\":\"x\"}")), HttpStatusCode.Conflict);
      await Throws(() => k.UpsertItemAsync(J("{\"id\":\"9\",\"pk\":\"a\",\"mail\":\"x\",\"a\":{\"b\":1}}")),
        HttpStatusCode.Conflict);
      await Throws(() => k.ReplaceItemAsync(J("{\"id\":\"3\",\"pk\":\"a\",\"mail\":\"x\",\"a\":{\"b\":1}}"), "3"),
        HttpStatusCode.Conflict);
    });
    await Check("ttl: expiry and per item", async () => {
      var k = await K("ttl1", o: p => p.DefaultTimeToLive = 60);
      await k.CreateItemAsync(Doc("1", "a"));
      await k.CreateItemAsync(Doc("2", "a", new { ttl = -1 }));
      await k.CreateItemAsync(Doc("3", "a", new { ttl = 1000 }));
      await Serve("advance", "61000");
      await Throws(() => k.ReadItemAsync<JObject>("1", new PartitionKey("a")), HttpStatusCode.NotFound);
      Eq(2, (await All(k.GetItemQueryIterator<JObject>("SELECT * FROM c"))).Count);
      await Throws(() => k.CreateItemAsync(Doc("4", "a", new { ttl = 0 })), HttpStatusCode.BadRequest);
      await Throws(() => k.CreateItemAsync(Doc("4", "a", new { ttl = "x" })), HttpStatusCode.BadRequest);
    });
  }
}
