/** An emulator that has started Azurite, in a process of its own, which a test kills. */
import { startAzurite } from "../../../../emulator/azurite/start-azurite.ts";

const [, , directory = ""] = process.argv;
const { blobUrl } = await startAzurite({ directory, port: 0, containers: ["letters"] });
process.send?.(blobUrl);
