/**
 * bridge.ts DIRECTORY: loads the app with the real `@azure/functions` and `durable-functions`, and runs its functions when
 * Microsoft's engine (engine/Program.cs) asks for it over HTTP. Prints its address.
 *
 *   GET /functions   names by kind                         POST /invoke/NAME   runs one function once
 *   POST /client     the engine's durable client binding   GET /client         the same, once it is known
 */
import { answerInvocations, listen } from "./invocations.ts";
import { openApp } from "./project.ts";

const [directory = ""] = process.argv.slice(2);
let client = "null";
const app = await openApp(directory, { durableclient: () => Promise.resolve({ string: client }) });
const ofKind = (trigger: string): readonly string[] =>
  [...app.functions.values()]
    .filter(({ triggerType }) => triggerType === trigger)
    .map(({ name }) => name);
const answerInvocation = answerInvocations(app.invoke);

async function answer(what: string, body: string): Promise<string> {
  switch (what) {
    case "GET /client":
      return client;
    case "POST /client":
      client = body;
      return client;
    case "GET /functions":
      return JSON.stringify({
        orchestrators: ofKind("orchestrationtrigger"),
        activities: ofKind("activitytrigger"),
        entities: [],
      });
    default:
      return answerInvocation(what, body);
  }
}

process.stdout.write(`READY ${await listen(answer)}\n`);
