// Authentication, faults, refusals, ways to make a client.
using System.Net;
using Azure.Core;
using Microsoft.Azure.Cosmos.Scripts;
using Microsoft.Azure.Cosmos;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using static Harness;

static partial class Checks {
  static async Task Errors() {
    var k = await K("err");
    var PK = new PartitionKey("a");
    await k.CreateItemAsync(Doc("1", "a"), PK);
    await Check("wrong key 401", async () => {
      using var c = Client(null, Convert.ToBase64String(new byte[64]));
      var e = await Throws(() => c.GetContainer(D.Id, "err").ReadItemAsync<JObject>("1", PK), HttpStatusCode.Unauthorized);
      Note("" + e.Message.Split('\n')[0][..200]);
    });
    await Check("resource token auth", async () => {
      var u = (await D.CreateUserAsync("u1")).User;
      var p = await u.CreatePermissionAsync(new PermissionProperties("p1", PermissionMode.All, k));
      using var c = Client(null, p.Resource.Token);
      await c.GetContainer(D.Id, "err").ReadItemAsync<JObject>("1", PK);
    });
    await Check("AAD token auth", async () => {
      using var c = new CosmosClient(Endpoint, new Token(), new CosmosClientOptions { ConnectionMode = ConnectionMode.Gateway,
        LimitToEndpoint = true });
      await c.GetContainer(D.Id, "err").ReadItemAsync<JObject>("1", PK);
    });
    await Check("429 single op retried and surfaced", async () => {
      await Serve("fault",
        "{\"match\":{\"operation\":\"read\",\"container\":\"err\"},\"effect\":{\"kind\":\"status\",\"status\":429,\"substatus\":3200,\"retryAfterMs\":20},\"times\":2}");
      Eq(HttpStatusCode.OK, (await k.ReadItemAsync<JObject>("1", PK)).StatusCode);
      await Serve("clear");
      await Serve("fault",
        "{\"match\":{\"operation\":\"read\",\"container\":\"err\"},\"effect\":{\"kind\":\"status\",\"status\":429,\"substatus\":3200,\"retryAfterMs\":20}}");
      try {
        var e = await Throws(() => k.ReadItemAsync<JObject>("1", PK), (HttpStatusCode)429, 3200);
        Eq(TimeSpan.FromMilliseconds(20), e.RetryAfter);
      } finally { await Serve("clear"); }
    });
    await Check("503 / 408 / 449 / 500 faults", async () => {
      foreach (var (s, sub) in new[] { (503, 0), (408, 0), (500, 0), (449, 0) }) {
        await Serve("fault",
          $"{{\"match\":{{\"operation\":\"read\",\"container\":\"err\"}},\"effect\":{{\"kind\":\"status\",\"status\":{s}}},\"times\":1}}");
        try {
          var r = await k.ReadItemStreamAsync("1", PK);
          Note($"fault {s} -> {(int)r.StatusCode}");
        } finally { await Serve("clear"); }
      }
    });
    await Check("dropped reply", async () => {
      await Serve("fault",
        "{\"match\":{\"operation\":\"create\",\"container\":\"err\"},\"effect\":{\"kind\":\"drop_reply\"},\"times\":1}");
      try {
        var r = await k.CreateItemStreamAsync(S("{\"id\":\"drop\",\"pk\":\"a\"}"), PK);
        Note("" + (int)r.StatusCode + " " + r.ErrorMessage?.Split('\n')[0]);
      } catch (Exception e) { Note("" + e.GetType().Name + " " + e.Message.Split('\n')[0]); } finally { await Serve("clear"); }
      await k.ReadItemAsync<JObject>("drop", PK);
    });
    await Check("dropped reply on read is retried", async () => {
      await Serve("fault",
        "{\"match\":{\"operation\":\"read\",\"container\":\"err\"},\"effect\":{\"kind\":\"drop_reply\"},\"times\":1}");
      try { Eq(HttpStatusCode.OK, (await k.ReadItemStreamAsync("1", PK)).StatusCode); } finally { await Serve("clear"); }
    });
    await Check("stored procedure create → clear refusal", async () => {
      try {
        await k.Scripts.CreateStoredProcedureAsync(new StoredProcedureProperties("sp", "function(){}"));
        throw new Unexpected("accepted");
      } catch (CosmosException e) { Note($"{(int)e.StatusCode}/{e.SubStatusCode} {e.ResponseBody?.Split('\n')[0]}"); }
    });
    await Check("sproc execute / trigger / udf → clear refusal", async () => {
      foreach (var (n, f) in new (string, Func<Task>)[] { ("exec", () => k.Scripts.ExecuteStoredProcedureAsync<string>("sp",
        PK, new dynamic[0])), ("trigger", () => k.Scripts
        .CreateTriggerAsync(new TriggerProperties { Id = "t", Body = "function(){}", TriggerOperation = TriggerOperation.All,
        TriggerType = TriggerType.Pre })), ("udf", () => k.Scripts
        .CreateUserDefinedFunctionAsync(new UserDefinedFunctionProperties { Id = "u", Body = "function(){}" })),
        ("udf query", () => All(k.GetItemQueryIterator<JObject>("SELECT udf.u(c.x) FROM c"))),
        ("pretrigger", () => k.CreateItemAsync(Doc("pt", "a"), PK, new ItemRequestOptions { PreTriggers = new[] { "t" } })),
        ("list sprocs", () => All(k.Scripts.GetStoredProcedureQueryIterator<StoredProcedureProperties>())),
        ("list sprocs query", () => All(k.Scripts.GetStoredProcedureQueryIterator<StoredProcedureProperties>(
        "SELECT * FROM s"))) }) try {
        await f();
        Note($"{n}: accepted!");
      } catch (CosmosException e) {
        Note($"{n}: {(int)e.StatusCode}/{e.SubStatusCode} {e.ResponseBody?.Split('\n')[0]} {(e.ResponseBody == null ? e.Message[..200] : "")}");
      }
    });
    await Check("missing throughput replace 404", async () => {
      var n = (await D.CreateContainerAsync(new ContainerProperties("noth", "/pk"))).Container;
      try {
        await n.ReplaceThroughputAsync(500);
        Note("accepted");
      } catch (CosmosException e) { Note($"{(int)e.StatusCode}/{e.SubStatusCode} {e.Message.Split('\n')[0]}"); }
    });
    await Check("account properties", async () => {
      var a = await C.ReadAccountAsync();
      Note("" + JsonConvert.SerializeObject(a));
    });
    await Check("CreateAndInitializeAsync", async () => {
      using var c = await CosmosClient.CreateAndInitializeAsync(Endpoint, Key, new List<(string, string)> { (D.Id, "err") },
        new CosmosClientOptions { ConnectionMode = ConnectionMode.Gateway, LimitToEndpoint = true });
      await c.GetContainer(D.Id, "err").ReadItemAsync<JObject>("1", PK);
    });
    await Check("without LimitToEndpoint, preferred region", async () => {
      using var c = Client(o => {
        o.LimitToEndpoint = false;
        o.ApplicationPreferredRegions = new List<string> { "Local", "West Europe" };
      });
      await c.GetContainer(D.Id, "err").ReadItemAsync<JObject>("1", PK);
    });
    await Check("connection string", async () => {
      using var c = new CosmosClient($"AccountEndpoint={Endpoint};AccountKey={Key};",
        new CosmosClientOptions { ConnectionMode = ConnectionMode.Gateway });
      await c.GetContainer(D.Id, "err").ReadItemAsync<JObject>("1", PK);
    });
    await Check("System.Text.Json serializer options", async () => {
      using var c = Client(o => o.UseSystemTextJsonSerializerWithOptions = new System.Text.Json.JsonSerializerOptions {
        PropertyNamingPolicy = System.Text.Json.JsonNamingPolicy.CamelCase });
      var kk = c.GetContainer(D.Id, "err");
      await kk.UpsertItemAsync(new Thing { Id = "stj", Pk = "a", Amount = 12.34m, When = DateTime.UtcNow, Kind = 3 }, PK);
      var r = await kk.ReadItemAsync<Thing>("stj", PK); Eq(12.34m, r.Resource.Amount);
    });
  }

  public class Thing {
    public string Id { get; set; }
    public string Pk { get; set; }
    public decimal Amount { get; set; }
    public DateTime When { get; set; }
    public int Kind { get; set; }
    public string[] Tags { get; set; }
    public Sub Sub { get; set; }
    public List<Sub> Subs { get; set; }
    public double? D { get; set; }
    public bool Flag { get; set; }
    public Guid G { get; set; }
  }
  public class Sub {
    public string Name { get; set; }
    public int V { get; set; }
  }

  /** An unsigned token as of Entra ID. */
  class Token : TokenCredential {
    static string Part(string json) => Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(json)).TrimEnd('=');
    static readonly string Text = Part("{\"alg\":\"none\"}") + "." + Part("{\"sub\":\"x\",\"exp\":4102444800}") + ".x";
    public override AccessToken GetToken(TokenRequestContext r, CancellationToken c) => new(Text, DateTimeOffset.UtcNow.AddHours(1));
    public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext r, CancellationToken c) => new(GetToken(r, c));
  }
}
