/** An emulated account in a process of its own, for tests that kill it. Prints its address. */
import { startEmulator } from "./support.ts";

const [, , file] = process.argv;
if (file === undefined) throw new Error("give the path of the file");
const { endpoint } = await startEmulator({ file });
process.stdout.write(`${endpoint}\n`);
