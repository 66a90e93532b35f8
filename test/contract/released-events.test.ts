/**
 * What released versions have stored and published can be read by today's code, and means the same; what today's code
 * publishes can be read by whoever was built for a released version. The golden files are recorded by record-golden.ts.
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { reportFromEvent } from "../../admin/webhook/cloud-events.ts";
import { aggregates, model } from "../../src/modules/aggregates.ts";
import { eventSchema, integrationEventTypes } from "../../src/contract/event-schemas.ts";
import type { IntegrationEvent } from "../../src/modules/account/integration-events.ts";
import { toIntegrationEvents } from "../../src/modules/account/to-integration-events.ts";
import { decideCommit } from "../../src/kernel/handling/decide-commit.ts";
import { readIntegrationEvent } from "../../src/modules/account/read-integration-event.ts";
import {
  type CommandGolden,
  fingerprints,
  goldenFiles,
  released,
  type StoredGolden,
} from "./support/golden.ts";
import { decidedIn, meaningOf } from "./support/meaning.ts";
import { faultsOf, newValidator } from "./support/schemas.ts";
import { headAfter, stories } from "./support/stories.ts";

const record = "Run `node test/contract/record-golden.ts` and check in what it adds.";
const unreadable =
  "Streams hold this for ever. Make today's code read it as before, or give the changed event a new version " +
  "beside it and read both; never change the golden file.";
const broken =
  "Others rely on this type. Leave its schema as it was and only add optional members, or publish a new type " +
  "(….v2) beside it; never change the golden file.";

test("no released golden file has been changed, and none is missing", () => {
  const advice = `Take back the change. If files are new: ${record}`;
  assert.deepEqual(fingerprints(), released(), advice);
});

describe("what was stored", () => {
  const stored = goldenFiles<StoredGolden>("stored/");

  test("is recorded of every type of event that there is", () => {
    const types = [...stored.values()].flatMap(({ commits }) =>
      commits.flatMap(({ events }) => events.map(({ type }) => type)),
    );
    for (const { eventTypes } of aggregates.map(({ decider }) => decider))
      for (const type of eventTypes) assert.ok(types.includes(type), `${type}: ${record}`);
  });

  for (const [path, { commits, meaning }] of stored) {
    test(`${path} is still there for its owner, and what follows from it is the same`, async () => {
      assert.deepEqual(missingFrom(await meaningOf(commits), meaning), [], unreadable);
    });

    test(`${path} folds to the state that was stored beside it`, () => {
      const { decider } = model.of(commits[0]?.stream ?? "");
      let state = decider.initialState;
      for (const { events, snapshot } of commits) {
        state = events.reduce((folded, event) => decider.evolve(folded, event), state);
        const advice =
          "Raise the decider's foldVersion: stored snapshots would be believed wrongly.";
        if (snapshot.fold === decider.foldVersion) assert.deepEqual(state, snapshot.state, advice);
      }
    });
  }
});

describe("what was asked for", () => {
  const asked = goldenFiles<CommandGolden>("commands/");

  test("is recorded of every type of command that there is", () => {
    const types = [...asked.values()].map(({ command }) => command.type);
    for (const { commandTypes } of aggregates.map(({ decider }) => decider))
      for (const type of commandTypes) assert.ok(types.includes(type), `${type}: ${record}`);
  });

  for (const [path, { before, command, decided }] of asked)
    test(`${path} is decided as it would have been then`, () => {
      const advice =
        "A deployment finds such commands in the feed, and a replay among the dead letters: today's code must read " +
        "them. If a rule was changed on purpose, retire the file and its line in released.json with that change.";
      const head = headAfter(command.stream, before);
      const commit = decideCommit(
        model.of(command.stream),
        head,
        [command],
        Date.parse(command.acceptedAt),
      );
      assert.deepEqual(missingFrom(decidedIn(commit), decided), [], advice);
    });
});

describe("what was published", () => {
  const validator = newValidator();
  const published = goldenFiles<IntegrationEvent>("published/");
  const schemas = goldenFiles<object>("schemas/");
  const today = [...stories().values()].flatMap(({ commits }) =>
    commits.flatMap(toIntegrationEvents),
  );

  test("is recorded of every type there is", () => {
    const recorded = [...published.values()].map(({ type }) => type);
    assert.deepEqual(recorded.toSorted(), integrationEventTypes.toSorted(), record);
  });

  for (const [path, event] of published)
    test(`${path} is still read by the subscribers here`, () => {
      assert.deepEqual(readIntegrationEvent(event), event, broken);
      const validate = newValidator().compile(eventSchema(event.type));
      assert.deepEqual(faultsOf(validate, event), [], broken);
      assert.doesNotThrow(() => reportFromEvent(event), broken);
    });

  for (const [path, schema] of schemas) {
    const type = path.replace(/^schemas\/(.*)\.schema\.json$/, "$1");
    test(`a subscriber built for the released ${type} can read what is published today`, () => {
      const validate = validator.compile(schema);
      const events = today.filter((event) => event.type === type);
      assert.notEqual(events.length, 0, `Nothing is published as ${type} any more. ${broken}`);
      for (const event of events) assert.deepEqual(faultsOf(validate, event), [], broken);
    });
  }
});

/**
 * Where today's value lacks something of the recorded one, or says otherwise. It may have more members: whoever reads it
 * ignores what they do not know.
 */
function missingFrom(today: unknown, recorded: unknown, path = ""): readonly string[] {
  if (typeof recorded !== "object" || recorded === null)
    return Object.is(today, recorded)
      ? []
      : [`${path} was ${JSON.stringify(recorded)}, is ${JSON.stringify(today)}`];
  if (typeof today !== "object" || today === null) return [`${path} is ${JSON.stringify(today)}`];
  const counted =
    Array.isArray(recorded) && (!Array.isArray(today) || today.length !== recorded.length)
      ? [`${path} had ${recorded.length} items`]
      : [];
  const members = today as Readonly<Record<string, unknown>>;
  return [
    ...counted,
    ...Object.entries(recorded).flatMap(([name, value]) =>
      missingFrom(members[name], value, `${path}/${name}`),
    ),
  ];
}
