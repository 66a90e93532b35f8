/**
 * Records what is new in this release: `node test/contract/record-golden.ts`. It writes the golden files that are not there
 * yet, and never touches one that is: what a released version has stored or published is a fact.
 */
import { eventSchema, integrationEventTypes } from "../../src/contract/event-schemas.ts";
import { toIntegrationEvents } from "../../src/modules/account/to-integration-events.ts";
import { fingerprints, keep, keepManifest, released } from "./support/golden.ts";
import { decidedIn, meaningOf } from "./support/meaning.ts";
import { stories } from "./support/stories.ts";

const before = fingerprints();
const changed = Object.entries(released()).filter(([path, print]) => before[path] !== print);
if (changed.length > 0)
  throw new Error(`Released files were changed: ${changed.map(([path]) => path).join(", ")}.`);

const recorded: string[] = [];
const record = async (path: string, content: object): Promise<void> => {
  if (await keep(path, content)) recorded.push(path);
};
for (const [name, { commits, lastCommand }] of stories()) {
  const last = commits.at(-1);
  const [type = "", ...special] = name.replaceAll(/(?<!,) /g, "-").split(", ");
  const version = last?.events.at(-1)?.v ?? 1;
  const path = `stored/${[type, `v${version}`, ...special].join(".")}.json`;
  await record(path, { commits, meaning: await meaningOf(commits) });
  await record(`commands/${[lastCommand.type, type, ...special].join(".")}.json`, {
    before: commits.slice(0, -1),
    command: lastCommand,
    decided: last === undefined ? {} : decidedIn(last),
  });
  for (const event of last === undefined ? [] : toIntegrationEvents(last))
    await record(`published/${event.type}.json`, event);
}
for (const type of integrationEventTypes)
  await record(`schemas/${type}.schema.json`, eventSchema(type));
await keepManifest();
process.stdout.write(`${recorded.length} recorded: ${recorded.join(", ") || "nothing is new"}\n`);
