/**
 * embedded-host.ts DIRECTORY KEY: runs the app in the project's host. Prints its address, and that of a server which runs
 * single functions, as the bridge does.
 */
import { answerInvocations, listen } from "./invocations.ts";
import { startEmbeddedHost } from "./project.ts";

const [directory = "", key = ""] = process.argv.slice(2);
const host = await startEmbeddedHost(directory, key);
const invocations = await listen(answerInvocations((name, data) => host.invoke(name, { data })));
process.stdout.write(`READY ${host.url} ${invocations}\n`);
