// The .NET SDK sends batches and bulk in the binary HybridRow format only, which the emulator does not read. This translates them
// to the JSON form that other SDKs send, and the answers back, with the SDK's own reader and writer.
using System.Reflection;
using System.Text;
using Microsoft.Azure.Cosmos;
using Microsoft.Azure.Cosmos.Serialization.HybridRow;
using Microsoft.Azure.Cosmos.Serialization.HybridRow.IO;
using Microsoft.Azure.Cosmos.Serialization.HybridRow.Layouts;
using Microsoft.Azure.Cosmos.Serialization.HybridRow.RecordIO;
using Microsoft.Azure.Cosmos.Serialization.HybridRow.Schemas;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

class HybridRowToJson() : DelegatingHandler(new SocketsHttpHandler()) {
  static readonly LayoutResolver layouts = Schema<LayoutResolver>("BatchLayoutResolver");
  static readonly Layout resultLayout = Schema<Layout>("BatchResultLayout");
  static readonly Namespace schemas = Schema<Namespace>("BatchSchemaNamespace");
  static T Schema<T>(string name) => (T)typeof(CosmosClient).Assembly.GetType("Microsoft.Azure.Cosmos.BatchSchemaProvider")
    .GetProperty(name, BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic).GetValue(null);

  protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken token) {
    if (!request.Headers.Contains("x-ms-cosmos-is-batch-request")) return await base.SendAsync(request, token);
    var operations = new JArray();
    var bytes = await request.Content.ReadAsByteArrayAsync(token);
    await RecordIOStream.ReadRecordIOAsync(new MemoryStream(bytes), record => Read(record, operations),
      _ => Result.Success, new MemorySpanResizer<byte>(bytes.Length));
    request.Content = new StringContent(operations.ToString(Formatting.None), Encoding.UTF8, "application/json");
    request.Content.Headers.ContentType.CharSet = null;
    var response = await base.SendAsync(request, token);
    var text = await response.Content.ReadAsStringAsync(token);
    response.Content = text.StartsWith('[')
      ? new ByteArrayContent(await Write(JArray.Parse(text)))
      : new StringContent(text, Encoding.UTF8, "application/json");
    return response;
  }

  static Result Read(Memory<byte> record, JArray operations) {
    var row = new RowBuffer(record.Span, HybridRowVersion.V1, layouts);
    var reader = new RowReader(ref row);
    var operation = new JObject();
    while (reader.Read())
      switch (reader.Path.ToString()) {
        case "operationType":
          reader.ReadInt32(out var type);
          operation["operationType"] = type switch {
            0 => "Create", 1 => "Patch", 2 => "Read", 4 => "Delete", 5 => "Replace", 20 => "Upsert", _ => "?" + type,
          };
          break;
        case "partitionKey" or "id" or "ifMatch" or "ifNoneMatch":
          reader.ReadString(out string text);
          if (text != null) operation[reader.Path.ToString()] = text;
          break;
        case "minimalReturnPreference":
          reader.ReadBool(out var minimal);
          if (minimal) operation["minimalReturnPreference"] = true;
          break;
        case "resourceBody":
          reader.ReadBinary(out byte[] body);
          operation["resourceBody"] = JsonConvert.DeserializeObject<JToken>(Encoding.UTF8.GetString(body),
            new JsonSerializerSettings { DateParseHandling = DateParseHandling.None });
          break;
      }
    operations.Add(operation);
    return Result.Success;
  }

  static async Task<byte[]> Write(JArray results) {
    var stream = new MemoryStream();
    await RecordIOStream.WriteRecordIOAsync(stream, new Segment("", schemas), Next, new MemorySpanResizer<byte>(65536));
    return stream.ToArray();

    Result Next(long index, out ReadOnlyMemory<byte> buffer) {
      buffer = default;
      if (index >= results.Count) return Result.Success;
      var row = new RowBuffer(65536, new MemorySpanResizer<byte>(65536));
      row.InitLayout(HybridRowVersion.V1, resultLayout, layouts);
      var written = RowWriter.WriteBuffer(ref row, (JObject)results[(int)index], WriteOne);
      buffer = row.ToArray();
      return written;
    }
  }
  static Result WriteOne(ref RowWriter writer, TypeArgument type, JObject result) {
    writer.WriteInt32("statusCode", (int)result["statusCode"]);
    if (result["subStatusCode"] is { } sub) writer.WriteInt32("subStatusCode", (int)sub);
    if (result["eTag"] is { } etag) writer.WriteString("eTag", (string)etag);
    if (result["resourceBody"] is { } body) writer.WriteBinary("resourceBody", Encoding.UTF8.GetBytes(body.ToString(Formatting.None)));
    if (result["retryAfterMilliseconds"] is { } wait) writer.WriteUInt32("retryAfterMilliseconds", (uint)wait);
    writer.WriteFloat64("requestCharge", (double)result["requestCharge"]);
    return Result.Success;
  }
}
