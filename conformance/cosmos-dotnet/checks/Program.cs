// checks SELECTION | plans SELECTION QUERIES
using static Harness;

Selection = args[1];
if (args[0] == "plans") await Plans.Compare(args[2]);
else await Checks.Run();
