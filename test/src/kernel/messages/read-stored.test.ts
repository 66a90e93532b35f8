/** What is stored is checked when it is read: what any version of the code has stored passes, what is spoiled does not. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { model } from "../../../../src/modules/aggregates.ts";
import { account } from "../../../../domain/account/account.ts";
import { accountAggregate } from "../../../../src/modules/account/aggregate.ts";
import { readCommand } from "../../../../src/kernel/messages/read-command.ts";
import { type Commit, noRecentCommands } from "../../../../src/kernel/messages/commit.ts";
import { headOf, type StreamHead } from "../../../../src/kernel/store/event-store.ts";
import { readCommit } from "../../../../src/kernel/messages/read-commit.ts";
import { accountStateSchema } from "../../../../src/modules/account/stored-events.ts";
import { decideCommit } from "../../../../src/kernel/handling/decide-commit.ts";
import { primaryReactions } from "../../../../src/kernel/feeds/primary-reactions.ts";
import {
  type CommandGolden,
  goldenFiles,
  type StoredGolden,
} from "../../../contract/support/golden.ts";
import { anyCommand } from "../../../support/account-commands.ts";
import { envelope, epochMs, load, open } from "../../../support/envelopes.ts";

const stream = "account-ada";

const emptyHead: StreamHead = {
  ...{ stream, number: 0, version: 0, at: "", state: account.initialState },
  recent: noRecentCommands,
};

const isState = (state: unknown): boolean => accountStateSchema.safeParse(state).success;

describe("what released versions have stored", () => {
  for (const [path, { commits }] of goldenFiles<StoredGolden>("stored/"))
    test(`is read: ${path}`, () => {
      for (const commit of commits) {
        assert.equal(readCommit(model, commit), commit);
        if (commit.snapshot.fold === account.foldVersion) assert.ok(isState(commit.snapshot.state));
      }
    });

  for (const [path, { command }] of goldenFiles<CommandGolden>("commands/"))
    test(`is read: ${path}`, () => {
      assert.equal(readCommand(model, command), command);
    });
});

/** What an account's commands come to, one commit each; without those that only a bug could send. */
function committed(commands: readonly ReturnType<typeof envelope>[]): readonly Commit[] {
  const commits: Commit[] = [];
  let head = emptyHead;
  for (const command of commands)
    try {
      const commit = decideCommit(accountAggregate, head, [readCommand(model, command)], epochMs);
      commits.push(commit);
      head = headOf(commit);
    } catch (error) {
      assert.equal((error as Error).name, "InvariantBroken");
    }
  return commits;
}

const commits = fc
  .array(anyCommand("ada", "c"), { minLength: 1, maxLength: 30 })
  .map((commands) =>
    committed([open("ada"), ...commands.map((each, index) => envelope("ada", `c${index}`, each))]),
  );

const isRefused = (read: () => unknown): boolean => {
  try {
    read();
    return false;
  } catch (error) {
    assert.ok(error instanceof Error);
    assert.ok(["Malformed", "InvariantBroken"].includes(error.name), error.name);
    return true;
  }
};

describe("what this version stores", () => {
  test("is read as it was, and so is what follows from it", () => {
    fc.assert(
      fc.property(commits, (stored) => {
        for (const commit of stored) {
          const kept = JSON.parse(JSON.stringify(commit)) as Commit;
          assert.deepEqual(readCommit(model, kept), commit);
          assert.ok(isState(kept.snapshot.state));
          for (const reaction of primaryReactions(model, commit)) readCommand(model, reaction);
        }
      }),
    );
  });

  test("is refused without any one of the members that it needs", () => {
    const optional = ["subject", "note", "isManaged", "reason"];
    fc.assert(
      fc.property(commits, (stored) => {
        for (const commit of stored)
          for (const path of pathsIn(commit)) {
            const last = path.at(-1) ?? "";
            if (path[0] === "snapshot" || optional.includes(last)) continue;
            assert.ok(
              isRefused(() => readCommit(model, without(commit, path))),
              path.join("."),
            );
          }
      }),
      { numRuns: 10 },
    );
  });

  test("is refused with anything else in the place of a command's data", () => {
    const command = load("ada", "c1");
    fc.assert(
      fc.property(fc.anything(), (data) => {
        const isGood = typeof data === "object" && data !== null && Object.hasOwn(data, "amountE4");
        if (!isGood)
          assert.ok(isRefused(() => readCommand(model, { ...command, data: data as object })));
      }),
    );
  });

  test("is refused, never believed and never anything but an error, whatever a document holds", () => {
    fc.assert(
      fc.property(fc.object(), (document) => {
        assert.ok(isRefused(() => readCommit(model, document)));
        assert.ok(isRefused(() => readCommand(model, document)));
      }),
    );
  });
});

type Path = readonly string[];

/** To every member of an object and of the objects in it. */
function pathsIn(value: unknown, path: Path = []): readonly Path[] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return Array.isArray(value)
      ? value.flatMap((item, index) => pathsIn(item, [...path, `${index}`]))
      : [];
  }
  return Object.entries(value).flatMap(([name, member]) => [
    [...path, name],
    ...pathsIn(member, [...path, name]),
  ]);
}

function without(value: object, [name = "", ...rest]: Path): object {
  const copy = structuredClone(value) as Record<string, unknown>;
  if (rest.length === 0) Reflect.deleteProperty(copy, name);
  else copy[name] = without(copy[name] as object, rest);
  return copy;
}
