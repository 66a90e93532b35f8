// The pull model and the change feed processor.
using System.Net;
using System.Collections.Concurrent;
using Microsoft.Azure.Cosmos;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using static Harness;

static partial class Checks {
  static async Task ChangeFeed() {
    var k = await K("feed");
    for (int i = 0; i < 50; i++) await k.CreateItemAsync(Doc("f" + i.ToString("00"), "p" + i % 9, new { i }));
    await Check("feed: from beginning, whole container", async () => {
      var (d, ct, pages, last) = await Drain(k.GetChangeFeedIterator<JObject>(ChangeFeedStartFrom.Beginning(),
        ChangeFeedMode.LatestVersion, O(5)));
      Eq(50, d.Count); Eq(50, d.Select(x => (string)x["id"]).Distinct().Count());
      True(d.All(x => x["_lsn"] != null && x["_ts"] != null), "_lsn"); Eq(HttpStatusCode.NotModified, last);
      Note("pages " + string.Join(",", pages));
      foreach (var g in d.GroupBy(x => (string)x["pk"])) True(g.Select(x => (long)x["_lsn"])
        .SequenceEqual(g.Select(x => (long)x["_lsn"]).OrderBy(x => x)), "order");
    });
    await Check("feed: by partition key", async () => {
      var (d, _, _, _) = await Drain(k.GetChangeFeedIterator<JObject>(ChangeFeedStartFrom
        .Beginning(FeedRange.FromPartitionKey(new PartitionKey("p3"))), ChangeFeedMode.LatestVersion, O(2)));
      Eq(6, d.Count);
    });
    await Check("feed: by feed range", async () => {
      int n = 0;
      foreach (var r in await k.GetFeedRangesAsync()) n += (await Drain(k.GetChangeFeedIterator<JObject>(ChangeFeedStartFrom
        .Beginning(r), ChangeFeedMode.LatestVersion))).docs.Count;
      Eq(50, n);
    });
    await Check("feed: by half of a feed range (epk)", async () => {
      int n = 0;
      foreach (var x in await k.GetFeedRangesAsync()) {
        var j = JObject.Parse(x.ToJsonString());
        string min = (string)j["Range"]["min"], max = (string)j["Range"]["max"];
        string mid = Mid(min, max);
        foreach (var y in new[] { (min, mid), (mid,
          max) }) n += (await Drain(k.GetChangeFeedIterator<JObject>(ChangeFeedStartFrom
          .Beginning(FeedRange.FromJsonString($"{{\"Range\":{{\"min\":\"{y.Item1}\",\"max\":\"{y.Item2}\"}}}}")),
          ChangeFeedMode.LatestVersion, O(4)))).docs.Count;
      }
      Eq(50, n);
    });
    await Check("feed: range over two physical partitions", async () => {
      var fr = (await k.GetFeedRangesAsync()).Select(x => JObject.Parse(x.ToJsonString())["Range"]).ToList();
      var all = FeedRange.FromJsonString($"{{\"Range\":{{\"min\":\"{fr[0]["min"]}\",\"max\":\"{fr[1]["max"]}\"}}}}");
      var (d, ct, _, _) = await Drain(k.GetChangeFeedIterator<JObject>(ChangeFeedStartFrom.Beginning(all),
        ChangeFeedMode.LatestVersion, O(4)));
      int n = 0;
      foreach (var r in (await k.GetFeedRangesAsync())
        .Take(2)) n += (await Drain(k.GetChangeFeedIterator<JObject>(ChangeFeedStartFrom.Beginning(r),
        ChangeFeedMode.LatestVersion))).docs.Count;
      Eq(n, d.Count);
    });
    await Check("feed: now, then changes, continuation", async () => {
      var it = k.GetChangeFeedIterator<JObject>(ChangeFeedStartFrom.Now(), ChangeFeedMode.LatestVersion);
      var (d, ct, _, _) = await Drain(it); Eq(0, d.Count);
      await k.UpsertItemAsync(Doc("f01", "p1", new { i = 100 }));
      await k.CreateItemAsync(Doc("new", "p2"));
      await k.DeleteItemAsync<JObject>("f02", new PartitionKey("p2"));
      await k.UpsertItemAsync(Doc("f01", "p1", new { i = 101 }));
      int tries = 0;
      List<JObject> l;
      do {
        (l, ct, _, _) = await Drain(k.GetChangeFeedIterator<JObject>(ChangeFeedStartFrom.ContinuationToken(ct),
          ChangeFeedMode.LatestVersion));
      } while (l.Count == 0 && tries++ < 10);
      var more = new List<JObject>(l);
      for (int t = 0; t < 8; t++) {
        (l, ct, _, _) = await Drain(k.GetChangeFeedIterator<JObject>(ChangeFeedStartFrom.ContinuationToken(ct),
          ChangeFeedMode.LatestVersion));
        more.AddRange(l);
      }
      Eq("f01,new", string.Join(",", more.Select(x => (string)x["id"]).OrderBy(x => x)));
      Eq(101, (int)more.Single(x => (string)x["id"] == "f01")["i"]);
    });
    await Check("feed: from time", async () => {
      await Serve("advance", "5000");
      await Task.Delay(1100);
      var t = DateTime.UtcNow.AddHours(0);
      await k.CreateItemAsync(Doc("late", "p2"));
      var ts = (await k.ReadItemAsync<JObject>("late", new PartitionKey("p2"))).Resource["_ts"].Value<long>();
      var when = DateTimeOffset.FromUnixTimeSeconds(ts).UtcDateTime;
      var (d, _, _, _) = await Drain(k.GetChangeFeedIterator<JObject>(ChangeFeedStartFrom.Time(when),
        ChangeFeedMode.LatestVersion));
      True(d.Any(x => (string)x["id"] == "late"), "late is missing"); True(d.Count < 5, "too many: " + d.Count);
      var (d2, _, _, _) = await Drain(k.GetChangeFeedIterator<JObject>(ChangeFeedStartFrom.Time(when.AddSeconds(2)),
        ChangeFeedMode.LatestVersion));
      Eq(0, d2.Count);
      var (d3, _, _, _) = await Drain(k.GetChangeFeedIterator<JObject>(ChangeFeedStartFrom.Time(when.AddYears(-1)),
        ChangeFeedMode.LatestVersion));
      Eq(51, d3.Count);
    });
    await Check("feed: stream iterator + body format", async () => {
      var it = k.GetChangeFeedStreamIterator(ChangeFeedStartFrom.Beginning(FeedRange.FromPartitionKey(new PartitionKey("p3"))),
        ChangeFeedMode.LatestVersion);
      var r = await it.ReadNextAsync(); Eq(HttpStatusCode.OK, r.StatusCode);
      var o = JObject.Parse(R(r.Content));
      Eq("_rid,Documents,_count", string.Join(",", o.Properties().Select(p => p.Name)));
      r = await it.ReadNextAsync(); Eq(HttpStatusCode.NotModified, r.StatusCode);
      True(r.Headers.ContinuationToken != null, "no ct on 304");
    });
    await Check("feed: all versions and deletes (iterator)", async () => {
      var (d, ct, _, _) = await Drain(k.GetChangeFeedIterator<JObject>(ChangeFeedStartFrom.Now(),
        ChangeFeedMode.AllVersionsAndDeletes));
    });
    await Check("feed: ttl-expired docs are not in feed", async () => {
      var t = await K("feedttl", o: p => p.DefaultTimeToLive = 10);
      await t.CreateItemAsync(Doc("1", "a"));
      await Serve("advance", "11000");
      Eq(0, (await Drain(t.GetChangeFeedIterator<JObject>(ChangeFeedStartFrom.Beginning(),
        ChangeFeedMode.LatestVersion))).docs.Count);
    });
    await Check("feed: malformed continuation 400", async () => {
      try {
        var it = k.GetChangeFeedIterator<JObject>(ChangeFeedStartFrom.ContinuationToken("garbage"),
          ChangeFeedMode.LatestVersion);
        await it.ReadNextAsync();
        throw new Unexpected("accepted");
      } catch (CosmosException e) { Eq(HttpStatusCode.BadRequest, e.StatusCode); } catch (ArgumentException) { }
    });
    await Check("feed: container deleted → 404", async () => {
      var t = await K("feedgone");
      await t.CreateItemAsync(Doc("1", "a"));
      var it = t.GetChangeFeedIterator<JObject>(ChangeFeedStartFrom.Beginning(), ChangeFeedMode.LatestVersion);
      await it.ReadNextAsync();
      await t.DeleteContainerAsync();
      try {
        for (int i = 0; i < 6; i++) await it.ReadNextAsync();
        throw new Unexpected("no error");
      } catch (CosmosException e) { Eq(HttpStatusCode.NotFound, e.StatusCode); }
    });
    await Check("feed: hierarchical prefix", async () => {
      var h = (await D.CreateContainerAsync(new ContainerProperties("hf", new List<string> { "/t", "/u" }))).Container;
      for (int i = 0; i < 12; i++) await h.CreateItemAsync(J($"{{\"id\":\"{i}\",\"t\":\"t{i % 3}\",\"u\":\"u{i}\"}}"));
      var (d, _, _, _) = await Drain(h.GetChangeFeedIterator<JObject>(ChangeFeedStartFrom
        .Beginning(FeedRange.FromPartitionKey(new PartitionKeyBuilder().Add("t1").Add("u4").Build())),
        ChangeFeedMode.LatestVersion));
      Eq(1, d.Count, "full");
      (d, _, _, _) = await Drain(h.GetChangeFeedIterator<JObject>(ChangeFeedStartFrom
        .Beginning(FeedRange.FromPartitionKey(new PartitionKeyBuilder().Add("t1").Build())), ChangeFeedMode.LatestVersion));
      Eq(4, d.Count, "prefix");
    });
    await Check("feed: ChangeFeed batch of transaction stays together (PageSizeHint 1)", async () => {
      var t = await K("feedtx");
      await t.CreateItemAsync(Doc("1", "a"));
      var (d, _, p, _) = await Drain(t.GetChangeFeedIterator<JObject>(ChangeFeedStartFrom.Beginning(),
        ChangeFeedMode.LatestVersion, O(1)));
      Eq(1, d.Count);
    });
  }

  static async Task Processors() {
    var src = await K("cfp-src");
    var lease = await K("cfp-lease", "/id");
    ChangeFeedProcessor P(string name, string inst, Container.ChangeFeedHandler<JObject> h, Func<ChangeFeedProcessorBuilder,
      ChangeFeedProcessorBuilder> o = null, Container le = null) {
      var b = src.GetChangeFeedProcessorBuilder<JObject>(name, h).WithInstanceName(inst).WithLeaseContainer(le ?? lease)
        .WithPollInterval(TimeSpan.FromMilliseconds(200)).WithLeaseConfiguration(TimeSpan.FromSeconds(2), TimeSpan
        .FromSeconds(6), TimeSpan.FromSeconds(2));
      if (o != null) b = o(b);
      b = b.WithErrorNotification((l, e) => {
        Errs.Add(e.GetType().Name + " " + e.Message.Split('\n')[0]);
        return Task.CompletedTask;
      });
      return b.Build();
    }
    async Task Wait(Func<bool> f, int s, string what) {
      var t = DateTime.UtcNow;
      while (!f()) {
        if ((DateTime.UtcNow - t).TotalSeconds > s) throw new Unexpected("waited " + s + " s for " + what + "; errors: "
          + string.Join(" | ", Errs.Distinct().Take(3)));
        await Task.Delay(100);
      }
    }
    await Check("cfp: two instances share the ranges, all delivered", async () => {
      var seen = new ConcurrentDictionary<string, ConcurrentBag<string>>();
      Container.ChangeFeedHandler<JObject> Hd(string w) => (ctx, ch, ct) => {
        foreach (var d in ch) seen.GetOrAdd(w, _ => new()).Add((string)d["id"]);
        True(ctx.LeaseToken != null && ctx.Headers != null && ctx.FeedRange != null && ctx.Diagnostics != null, "ctx");
        return Task.CompletedTask;
      };
      var a = P("proc", "A", Hd("A"));
      var b = P("proc", "B", Hd("B"));
      await a.StartAsync();
      await Task.Delay(3000);
      await b.StartAsync();
      await Task.Delay(9000);
      var owners = (await All(lease.GetItemQueryIterator<JObject>("SELECT * FROM c"))).Where(x => x["Owner"] != null).ToList();
      foreach (var o in owners.Take(2)) Note("lease " + o.ToString(Formatting.None));
      Note("all: " + string.Join(" ; ", (await All(lease.GetItemQueryIterator<JObject>("SELECT * FROM c")))
        .Select(x => x["id"] + "=" + x["Owner"])));
      Eq("2,2", string.Join(",", owners.GroupBy(x => (string)x["Owner"]).OrderBy(x => x.Key).Select(x => x.Count())),
        "balance");
      for (int i = 0; i < 60; i++) await src.CreateItemAsync(Doc("c" + i, "p" + i % 20, new { i }));
      await Wait(() => seen.Values.Sum(x => x.Count) >= 60, 10, "60 documents, have " + seen.Values.Sum(x => x.Count));
      True(seen.ContainsKey("A") && seen.ContainsKey("B"), "both work");
      Eq(60, seen.Values.SelectMany(x => x).Distinct().Count());
      await b.StopAsync();
      await Task.Delay(8000);
      for (int i = 60; i < 100; i++) await src.CreateItemAsync(Doc("c" + i, "p" + i % 20));
      await Wait(() => seen.Values.SelectMany(x => x).Distinct().Count() >= 100, 10, "takeover, have " + seen.Values
        .SelectMany(x => x).Distinct().Count());
      await a.StopAsync();
    }, 90);
    await Check("cfp: restart continues from the lease", async () => {
      var seen = new ConcurrentBag<string>();
      await src.CreateItemAsync(Doc("restart", "p1"));
      var a = P("proc", "A2", (ctx, ch, ct) => {
        foreach (var d in ch) seen.Add((string)d["id"]);
        return Task.CompletedTask;
      });
      await a.StartAsync();
      await Wait(() => seen.Contains("restart"), 15, "restart");
      await Task.Delay(1500);
      await a.StopAsync(); Eq(1, seen.Count, "only the new one, got " + string.Join(",", seen.Take(5)));
    }, 40);
    await Check("cfp: start time beginning, MaxItems, error → redelivery", async () => {
      var seen = new ConcurrentBag<string>();
      int fails = 0, max = 0;
      var a = P("proc2", "X", (ctx, ch, ct) => {
        max = Math.Max(max, ch.Count);
        if (Interlocked.Increment(ref fails) <= 3) throw new Exception("handler error");
        foreach (var d in ch) seen.Add((string)d["id"]);
        return Task.CompletedTask;
      }, b => b.WithStartTime(DateTime.MinValue.ToUniversalTime()).WithMaxItems(5));
      await a.StartAsync();
      await Wait(() => seen.Distinct().Count() >= 101, 30, "101 documents, have " + seen.Distinct().Count());
      await a.StopAsync(); Eq(101, seen.Count, "each once");
      Note($"largest batch {max}, errors {string.Join(";", Errs.Distinct())}");
    }, 50);
    await Check("cfp: start time given", async () => {
      await Task.Delay(1100);
      var seen = new ConcurrentBag<string>();
      var d0 = await src.CreateItemAsync(Doc("timed", "p1"));
      var when = DateTimeOffset.FromUnixTimeSeconds((long)d0.Resource["_ts"]).UtcDateTime;
      var a = P("proc3", "T", (ctx, ch, ct) => {
        foreach (var d in ch) seen.Add((string)d["id"]);
        return Task.CompletedTask;
      }, b => b.WithStartTime(when));
      await a.StartAsync();
      await Wait(() => seen.Contains("timed"), 15, "timed");
      await a.StopAsync(); True(seen.Count < 5, "too many " + seen.Count);
    }, 40);
    await Check("cfp: default start = now", async () => {
      await Task.Delay(2100); // The SDK starts one second before now, and states whole seconds only.
      var seen = new ConcurrentBag<string>();
      var a = P("proc4", "N", (ctx, ch, ct) => {
        foreach (var d in ch) seen.Add((string)d["id"]);
        return Task.CompletedTask;
      });
      await a.StartAsync();
      await Task.Delay(4000);
      await src.CreateItemAsync(Doc("afternow", "p1"));
      await Wait(() => seen.Contains("afternow"), 15, "afternow");
      await a.StopAsync(); Eq(1, seen.Count, string.Join(",", seen.Take(4)));
    }, 40);
    await Check("cfp: manual checkpoint", async () => {
      var seen = new ConcurrentBag<string>();
      var a = src.GetChangeFeedProcessorBuilderWithManualCheckpoint<JObject>("procm", async (ctx, ch, cp, ct) => {
        foreach (var d in ch) seen.Add((string)d["id"]);
        await cp();
      }).WithInstanceName("M").WithLeaseContainer(lease).WithPollInterval(TimeSpan.FromMilliseconds(200))
        .WithStartTime(DateTime.MinValue.ToUniversalTime()).Build();
      await a.StartAsync();
      await Wait(() => seen.Distinct().Count() >= 100, 20, "all");
      await a.StopAsync();
    }, 40);
    await Check("cfp: stream handler", async () => {
      int n = 0;
      var a = src.GetChangeFeedProcessorBuilder("procs", (ctx, stream, ct) => {
        Interlocked.Add(ref n, ((JArray)JObject.Parse(R(stream))["Documents"]).Count);
        return Task.CompletedTask;
      }).WithInstanceName("S").WithLeaseContainer(lease).WithPollInterval(TimeSpan.FromMilliseconds(200))
        .WithStartTime(DateTime.MinValue.ToUniversalTime()).Build();
      await a.StartAsync();
      await Wait(() => n >= 100, 20, "all " + n);
      await a.StopAsync();
    }, 40);
    await Check("cfp: estimator remaining counts", async () => {
      for (int i = 0; i < 25; i++) await src.CreateItemAsync(Doc("e" + i, "p" + i % 20));
      var est = src.GetChangeFeedEstimator("proc", lease);
      long total = 0;
      int leases = 0;
      using var it = est.GetCurrentStateIterator();
      while (it.HasMoreResults) foreach (var s in await it.ReadNextAsync()) {
        leases++;
        total += s.EstimatedLag;
        Note($"lease {s.LeaseToken}: lag {s.EstimatedLag} ({s.InstanceName})");
      }
      Eq(4, leases); True(total >= 25 && total <= 40, "total lag " + total);
    });
    await Check("cfp: estimator processor", async () => {
      long v = -1;
      var e = src.GetChangeFeedEstimatorBuilder("proc", (n, ct) => {
        v = n;
        return Task.CompletedTask;
      }, TimeSpan.FromMilliseconds(300)).WithLeaseContainer(lease).Build();
      await e.StartAsync();
      await Wait(() => v >= 0, 10, "estimate");
      await e.StopAsync(); True(v >= 25, "v " + v);
    });
    await Check("cfp: lease container with partition key /partitionKey", async () => {
      var l2 = await K("cfp-lease2", "/partitionKey");
      var seen = new ConcurrentBag<string>();
      var a = P("p5", "Q", (ctx, ch, ct) => {
        foreach (var d in ch) seen.Add((string)d["id"]);
        return Task.CompletedTask;
      }, b => b.WithStartTime(DateTime.MinValue.ToUniversalTime()), l2);
      await a.StartAsync();
      await Wait(() => seen.Distinct().Count() >= 100, 15, "all");
      await a.StopAsync();
    }, 30);
    await Check("cfp: crash of instance (no stop) → takeover after expiry", async () => {
      var seen = new ConcurrentBag<string>();
      using var c2 = Client();
      var s2 = c2.GetContainer(D.Id, "cfp-src");
      var dead = s2.GetChangeFeedProcessorBuilder<JObject>("p6", (ctx, ch, ct) => Task.CompletedTask).WithInstanceName("dead")
        .WithLeaseContainer(c2.GetContainer(D.Id, "cfp-lease")).WithLeaseConfiguration(TimeSpan.FromSeconds(2), TimeSpan
        .FromSeconds(6), TimeSpan.FromSeconds(2)).Build();
      await dead.StartAsync();
      await Task.Delay(3000);
      c2.Dispose();
      await Task.Delay(200);
      var a = P("p6", "live", (ctx, ch, ct) => {
        foreach (var d in ch) seen.Add((string)d["id"]);
        return Task.CompletedTask;
      });
      await a.StartAsync();
      await Task.Delay(12000);
      for (int i = 0; i < 20; i++) await src.CreateItemAsync(Doc("z" + i, "p" + i));
      await Wait(() => seen.Distinct().Count() >= 20, 15, "takeover " + seen.Distinct().Count());
      await a.StopAsync();
    }, 60);
    await Check("cfp: AllVersionsAndDeletes", async () => {
      var a = src.GetChangeFeedProcessorBuilderWithAllVersionsAndDeletes<JObject>("pavd",
        (ChangeFeedProcessorContext ctx, IReadOnlyCollection<ChangeFeedItem<JObject>> ch, CancellationToken ct)
        => Task.CompletedTask).WithInstanceName("V").WithLeaseContainer(lease).WithPollInterval(TimeSpan.FromMilliseconds(200))
        .WithErrorNotification((l, e) => {
        Errs.Add("AVD " + e.GetType().Name + e.Message.Replace("\n", " "));
        return Task.CompletedTask;
      }).Build();
      await a.StartAsync();
      await Task.Delay(4000);
      await a.StopAsync();
      Note("errors: " + string.Join(" | ", Errs.Where(x => x.StartsWith("AVD")).Distinct().Take(2)));
    });
  }

  static async Task<(List<JObject> docs, string ct, List<int> pages, HttpStatusCode last)> Drain(FeedIterator<JObject> it,
    int maxPages = 200) {
    var l = new List<JObject>();
    var pages = new List<int>();
    string ct = null;
    HttpStatusCode last = 0;
    int idle = 0;
    while (it.HasMoreResults) {
      var r = await it.ReadNextAsync();
      ct = r.ContinuationToken;
      last = r.StatusCode;
      if (r.StatusCode == HttpStatusCode.NotModified) { break; }
      pages.Add(r.Count);
      l.AddRange(r);
      if (pages.Count > maxPages) throw new Unexpected("endless change feed");
      if (idle++ > 500) break;
    }
    return (l, ct, pages, last);
  }
  static ChangeFeedRequestOptions O(int n) => new() { PageSizeHint = n };
  static ConcurrentBag<string> Errs = new();
}
