// Reads JSON values, one a line, and writes each as Newtonsoft.Json reads and writes it with its default settings,
// which are those of the Functions host; "!" and the error's type where it cannot.
using System.Text;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

var utf8 = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
using var input = new StreamReader(Console.OpenStandardInput(), utf8);
using var output = new StreamWriter(Console.OpenStandardOutput(), utf8);
while (input.ReadLine() is { } line)
{
    output.WriteLine(Rewrite(line));
}

static string Rewrite(string json)
{
    try
    {
        return JToken.Parse(json).ToString(Formatting.None);
    }
    catch (Exception error) when (error is ArgumentException or JsonException)
    {
        return "!" + error.GetType().Name;
    }
}
