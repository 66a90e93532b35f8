// The query engine inside the SDK (a native library) against the query plans of the emulator: which texts are SQL, and what the
// SDK is told to do with the results of the ranges.
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Azure.Cosmos;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

static class Plans {
  /** What an account tells its clients about its query engine. */
  static readonly Dictionary<string, object> configuration = new() {
    ["maxSqlQueryInputLength"] = 524288, ["maxJoinsPerSqlQuery"] = 10, ["maxLogicalAndPerSqlQuery"] = 2000,
    ["maxLogicalOrPerSqlQuery"] = 2000, ["maxUdfRefPerSqlQuery"] = 10, ["maxInExpressionItemsCount"] = 16000,
    ["queryMaxGroupByTableCellCount"] = 500000, ["queryMaxInMemorySortDocumentCount"] = -500, ["maxQueryRequestTimeoutFraction"] = 0.9,
    ["sqlAllowNonFiniteNumbers"] = false, ["sqlAllowAggregateFunctions"] = true, ["sqlAllowSubQuery"] = true,
    ["sqlAllowScalarSubQuery"] = true, ["allowNewKeywords"] = true, ["sqlAllowLike"] = true, ["sqlAllowGroupByClause"] = true,
    ["sqlAllowTop"] = true, ["maxSpatialQueryCells"] = 12, ["spatialMaxGeometryPointCount"] = 256, ["enableSpatialIndexing"] = true,
    ["sqlDisableQueryILOptimization"] = false, ["sqlDisableFilterPlanOptimization"] = false, ["sqlDisableOptimizationFlags"] = 0,
  };
  static readonly string[] compared = [
    "distinctType", "top", "offset", "limit", "orderBy", "orderByExpressions", "groupByExpressions", "groupByAliases", "aggregates",
    "groupByAliasToAggregateType", "rewrittenQuery", "hasSelectValue", "hasNonStreamingOrderBy", "dCountInfo",
  ];
  const string features = "Aggregate, Distinct, GroupBy, MultipleAggregates, MultipleOrderBy, OffsetAndLimit, OrderBy, Top, "
    + "NonValueAggregate, DCount, NonStreamingOrderBy, CountIf";
  static readonly HttpClient http = new();

  /** Each text of the file that has the selection in it: one a line, SQL or JSON with parameters. */
  public static async Task Compare(string queries) {
    using var client = Harness.Client();
    Database database = await client.CreateDatabaseIfNotExistsAsync("plans");
    await database.CreateContainerIfNotExistsAsync(new ContainerProperties("c", "/pk") {
      PartitionKeyDefinitionVersion = PartitionKeyDefinitionVersion.V2,
    });
    var native = NativeEngine();
    foreach (var sql in File.ReadAllLines(queries).Where(line => line != "" && !line.StartsWith('#') && line.Contains(Harness.Selection))) {
      var body = sql.StartsWith('{') ? sql : JsonConvert.SerializeObject(new { query = sql });
      var (plan, refusal) = native(body);
      var (status, text) = await EmulatorPlan(body);
      await Harness.Report(sql, (plan, status) switch {
        (null, >= 400) => "",
        (null, _) => "only the native engine refuses: " + refusal,
        (_, >= 400) => "only the emulator refuses: " + (string)JObject.Parse(text)["message"],
        _ => string.Join("; ", Differences(plan, JObject.Parse(text))),
      });
    }
  }

  static Func<string, (JObject plan, string refusal)> NativeEngine() {
    var type = typeof(CosmosClient).Assembly.GetType("Microsoft.Azure.Cosmos.Query.Core.QueryPlan.QueryPartitionProvider");
    var provider = Activator.CreateInstance(type, configuration);
    var method = type.GetMethods(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)
      .First(m => m.Name == "TryGetPartitionedQueryExecutionInfo");
    var partitionKey = JsonConvert.DeserializeObject("{\"paths\":[\"/pk\"],\"kind\":\"Hash\",\"version\":2}", method.GetParameters()[1].ParameterType);
    return body => {
      try {
        var tried = method.Invoke(provider, [body, partitionKey, null, true, false, true, false, true, false, false, GeospatialType.Geography]);
        object Of(string name) => tried.GetType().GetProperty(name).GetValue(tried);
        if ((bool)Of("Succeeded")) return (JObject.Parse(JsonConvert.SerializeObject(Of("Result"))), null);
        return (null, ((Exception)Of("Exception")).GetBaseException().Message);
      } catch (TargetInvocationException e) {
        return (null, e.GetBaseException().Message);
      }
    };
  }

  static async Task<(int, string)> EmulatorPlan(string body) {
    const string link = "dbs/plans/colls/c";
    var date = DateTime.UtcNow.ToString("r");
    using var hmac = new HMACSHA256(Convert.FromBase64String(Harness.Key));
    var signature = Convert.ToBase64String(hmac.ComputeHash(Encoding.UTF8.GetBytes($"post\ndocs\n{link}\n{date.ToLowerInvariant()}\n\n")));
    var request = new HttpRequestMessage(HttpMethod.Post, $"{Harness.Endpoint.TrimEnd('/')}/{link}/docs") {
      Content = new StringContent(body, Encoding.UTF8, "application/query+json"),
    };
    request.Content.Headers.ContentType.CharSet = null;
    foreach (var (name, value) in new[] {
      ("authorization", Uri.EscapeDataString("type=master&ver=1.0&sig=" + signature)), ("x-ms-date", date), ("x-ms-version", "2020-07-15"),
      ("x-ms-cosmos-is-query-plan-request", "True"), ("x-ms-cosmos-query-version", "1.0"), ("x-ms-cosmos-supported-query-features", features),
    }) request.Headers.TryAddWithoutValidation(name, value);
    var response = await http.SendAsync(request);
    return ((int)response.StatusCode, await response.Content.ReadAsStringAsync());
  }

  static IEnumerable<string> Differences(JObject native, JObject emulator) {
    foreach (var member in compared) {
      var (real, ours) = (Comparable(native["queryInfo"]?[member]), Comparable(emulator["queryInfo"]?[member]));
      if (real != ours) yield return $"{member}: native {real} | emulator {ours}";
    }
    if (Ranges(native) != Ranges(emulator)) yield return $"ranges: native {Ranges(native)} | emulator {Ranges(emulator)}";
  }
  static string Ranges(JObject plan) => string.Join(" ", (plan["queryRanges"] as JArray ?? []).Select(range =>
    ((bool)range["isMinInclusive"] ? "[" : "(") + range["min"].ToString(Formatting.None) + ","
    + range["max"].ToString(Formatting.None) + ((bool)range["isMaxInclusive"] ? "]" : ")")));

  /** Nothing, empty and false are one; so are the ways to write one and the same query. */
  static string Comparable(JToken value) => value switch {
    null or { Type: JTokenType.Null } or JArray { Count: 0 } or JObject { Count: 0 } => "-",
    { Type: JTokenType.String } when (string)value == "" => "-",
    { Type: JTokenType.Boolean } when !(bool)value => "-",
    JObject o => "{" + string.Join(",", o.Properties().OrderBy(p => p.Name).Select(p => p.Name + ":" + p.Value.ToString(Formatting.None))) + "}",
    _ => SameWriting(value.ToString(Formatting.None)),
  };
  static string SameWriting(string text) {
    text = text.Replace("\\n", " ").Replace("\\\"", "'");
    text = Regex.Replace(text, @"\['([A-Za-z_][A-Za-z0-9_]*)'\]", ".$1");
    text = Regex.Replace(text, @"AS '([A-Za-z_][A-Za-z0-9_]*)'", "AS $1");
    text = Regex.Replace(text, @"\s+", " ").Replace("( ", "(").Replace(" )", ")").Replace(" ASC", "");
    text = Regex.Replace(text, @"\.([A-Za-z0-9_]+) AS \1(?=[ ,\}])", ".$1");
    return Regex.Replace(text, @"\(NOT \(([^()]+) IN \(([^()]*)\)\)\)", "($1 NOT IN ($2))");
  }
}
