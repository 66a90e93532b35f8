/** embedded-host.ts DIRECTORY KEY: runs the app in the project's host; prints its address. */
import { startEmbeddedHost } from "./project.ts";

const [directory = "", key = ""] = process.argv.slice(2);
const { url } = await startEmbeddedHost(directory, key);
process.stdout.write(`READY ${url}\n`);
