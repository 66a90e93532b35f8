// Runs a check and reports its outcome; what checks assert; how they reach the account and the server beside it.
using System.Net;
using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Azure.Cosmos;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

class Unexpected(string message) : Exception(message);

static class Harness {
  public static readonly string Endpoint = Environment.GetEnvironmentVariable("COSMOS_ENDPOINT");
  public static readonly string Key = Environment.GetEnvironmentVariable("COSMOS_KEY");
  public static string Selection = "";
  static readonly string sideServer = Environment.GetEnvironmentVariable("SIDE_SERVER");
  static readonly HttpClient http = new();
  public static async Task Check(string name, Func<Task> check, int timeoutSeconds = 40) {
    if (!name.Contains(Selection, StringComparison.OrdinalIgnoreCase)) return;
    var reason = "";
    try {
      var running = check();
      if (await Task.WhenAny(running, Task.Delay(timeoutSeconds * 1000)) != running) throw new Unexpected($"no end after {timeoutSeconds} s");
      await running;
    } catch (Exception e) {
      reason = Reason(e);
    }
    await Report(name, reason);
  }
  /** Without a reason, the comparison has passed. */
  public static Task Report(string name, string reason) =>
    Serve("outcome", JsonConvert.SerializeObject(new { name, passed = reason == "", reason }));

  static string Reason(Exception e) {
    var text = e switch {
      Unexpected => e.Message,
      CosmosException c => $"{(int)c.StatusCode}/{c.SubStatusCode} {ServerMessage(c)}",
      _ => $"{e.GetType().Name}: {e.Message} {e.StackTrace?.Split('\n')[0]}",
    };
    text = Regex.Replace(text, @"\s+", " ").Trim();
    return text.Length > 300 ? text[..300] + "…" : text;
  }
  static string ServerMessage(CosmosException c) {
    var reason = Regex.Replace(c.Message, @"\s+", " ");
    foreach (var form in new[] { @"""message"":""(.*?)(?: ActivityId:|""[,}])", @"message : (.*?)(?: ActivityId:| ?\);)", @"Reason: \(?(.*?)(?: ActivityId:|\);|$)" })
      if (Regex.Match(reason, form) is { Success: true } match) return match.Groups[1].Value;
    return reason;
  }

  /** What a check saw on the way: shown with VERBOSE=1. */
  public static void Note(string text) => Console.WriteLine("         " + text);

  public static void Eq<T>(T want, T got, string what = "") {
    if (!EqualityComparer<T>.Default.Equals(want, got)) throw new Unexpected($"{what}: want {want}, got {got}");
  }
  public static void EqJ(string want, JToken got, string what = "") {
    var wanted = JToken.Parse(want);
    if (!JToken.DeepEquals(wanted, got))
      throw new Unexpected($"{what}: want {wanted.ToString(Formatting.None)}, got {got?.ToString(Formatting.None)}");
  }
  public static void True(bool condition, string what) { if (!condition) throw new Unexpected("not so: " + what); }
  public static async Task<CosmosException> Throws(Func<Task> call, HttpStatusCode want, int? sub = null) {
    try {
      await call();
    } catch (CosmosException e) when (e.StatusCode == want && (sub == null || e.SubStatusCode == sub)) {
      return e;
    } catch (CosmosException e) {
      throw new Unexpected($"want {(int)want}/{sub}, got {(int)e.StatusCode}/{e.SubStatusCode} {ServerMessage(e)}");
    }
    throw new Unexpected($"want {(int)want}/{sub}, but it succeeded");
  }

  public static CosmosClient Client(Action<CosmosClientOptions> adapt = null, string key = null) {
    var options = new CosmosClientOptions {
      ConnectionMode = ConnectionMode.Gateway, LimitToEndpoint = true, ApplicationName = "checks",
      MaxRetryAttemptsOnRateLimitedRequests = 2, MaxRetryWaitTimeOnRateLimitedRequests = TimeSpan.FromSeconds(5),
    };
    options.HttpClientFactory = () => new HttpClient(new HybridRowToJson());
    adapt?.Invoke(options);
    return new CosmosClient(Endpoint, key ?? Key, options);
  }
  /** Has the program that started this one do something: fault, clear, advance, outcome. */
  public static async Task Serve(string command, string body = "") {
    var response = await http.PostAsync($"{sideServer}/{command}", new StringContent(body));
    if (!response.IsSuccessStatusCode) throw new Unexpected(command + ": " + await response.Content.ReadAsStringAsync());
  }
  public static async Task<List<T>> All<T>(FeedIterator<T> iterator, List<int> pages = null, Action<FeedResponse<T>> each = null) {
    var all = new List<T>();
    using (iterator)
      while (iterator.HasMoreResults) {
        var page = await iterator.ReadNextAsync();
        pages?.Add(page.Count);
        each?.Invoke(page);
        all.AddRange(page);
        if (pages?.Count > 3000) throw new Unexpected("endless pages");
      }
    return all;
  }
  public static Stream S(string json) => new MemoryStream(Encoding.UTF8.GetBytes(json));
  public static string R(Stream stream) => stream == null ? null : new StreamReader(stream).ReadToEnd();
}

static class Extensions {
  public static FeedIterator<T> ToFeed<T>(this IQueryable<T> query) => Microsoft.Azure.Cosmos.Linq.CosmosLinqExtensions.ToFeedIterator(query);
  public static int GetSub(this Headers headers) => int.TryParse(headers["x-ms-substatus"], out var sub) ? sub : 0;
  public static QueryRequestOptions Copy(this QueryRequestOptions options) =>
    (QueryRequestOptions)typeof(object).GetMethod("MemberwiseClone", BindingFlags.Instance | BindingFlags.NonPublic).Invoke(options, null);
}
