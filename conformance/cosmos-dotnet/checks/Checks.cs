// All groups of checks, and what they share: a database, and short ways to make containers and documents.
using Microsoft.Azure.Cosmos;
using Newtonsoft.Json.Linq;
using static Harness;

static partial class Checks {
  static CosmosClient C;
  static Database D;

  public static async Task Prepare() {
    C = Client();
    D = (await C.CreateDatabaseIfNotExistsAsync("checks-" + Guid.NewGuid().ToString("N")[..6])).Database;
  }

  public static async Task Run() {
    await Prepare();
    // Processors come first: by default they start at the client's time, and others move the clock of the account.
    var groups = new Func<Task>[] { Processors, Databases, Items, Patches, Batches, Bulk, Errors, Queries, Linq, ChangeFeed };
    var only = groups.Where(group => group.Method.Name.Equals(Selection, StringComparison.OrdinalIgnoreCase)).ToArray();
    if (only.Length > 0) Selection = "";
    foreach (var group in only.Length > 0 ? only : groups) await group();
  }

  static async Task<Container> K(string id, string pk = "/pk", Action<ContainerProperties> o = null, int? t = null) {
    var p = new ContainerProperties(id, pk) { PartitionKeyDefinitionVersion = PartitionKeyDefinitionVersion.V2 };
    o?.Invoke(p);
    return (await D.CreateContainerAsync(p, t)).Container;
  }
  static JObject J(string json) => JObject.Parse(json);
  static JObject Doc(string id, string pk, object more = null) {
    var document = new JObject { ["id"] = id, ["pk"] = pk };
    if (more != null) document.Merge(JObject.FromObject(more));
    return document;
  }
}
