import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { CommandDocument, CommitDocument } from "../../console/saldo/documents.ts";
import { decidedIn } from "../../console/saldo/documents.ts";
import { lanesOf } from "../../console/saldo/lanes.ts";
import { spanOf, storyOf, widen, type StoryNode } from "../../console/stories/story.ts";

const transferId = "aaaaaaaaaaaaaaaa-ssssssssssssssssssss";
const at = (seconds: number): string => new Date(seconds * 1_000).toISOString();

const command = (commandId: string, given: Partial<CommandDocument> = {}): CommandDocument => ({
  commandId,
  stream: "account-a",
  type: "SendCredits",
  data: {},
  acceptedAt: at(1),
  actor: "account:a",
  correlationId: commandId,
  causationId: commandId,
  traceparent: "",
  ...given,
});

const commit = (
  made: CommandDocument,
  seconds: number,
  events: CommitDocument["events"] = [],
): CommitDocument => ({
  id: `${made.commandId}-commit`,
  stream: made.stream,
  number: 1,
  version: events.length,
  at: at(seconds),
  events,
  outcomes: [{ ...made, events: events.length, status: "accepted" }],
  snapshot: { state: {} },
});

const send = command("send");
const credit = command(`${transferId}.credit`, {
  stream: "account-b",
  acceptedAt: at(2),
  correlationId: "send",
  causationId: "send",
  data: { transferId },
});
const approve = command("approve", { acceptedAt: at(3), data: { transferId } });
const sent = { type: "CreditsSent", v: 1, data: { transferId } };
const scope = { correlationIds: new Set(["send"]), transferIds: new Set<string>() };

const shape = (nodes: readonly StoryNode[]): unknown =>
  nodes.map(({ commandId, end, children }) => [commandId, end.kind, ...[shape(children)]]);

describe("The story of a command", () => {
  it("hangs each command below the one that caused it", () => {
    const commits = [commit(credit, 3), commit(send, 2, [sent])];
    const story = storyOf({ commands: [], commits, lanes: [] }, scope);
    assert.deepEqual(shape(story), [["send", "decided", [[credit.commandId, "decided", []]]]]);
    assert.deepEqual(spanOf(story), { startMs: 1_000, endMs: 3_000 });
  });

  it("includes what others did to its transfers", () => {
    const settle = command(`${transferId}.settle`, { acceptedAt: at(4) });
    const commands = [approve, settle];
    const evidence = { commands, commits: [commit(send, 2, [sent])], lanes: [] };
    const wider = widen(evidence, scope);
    assert.deepEqual([...wider.transferIds], [transferId]);
    assert.deepEqual(shape(storyOf(evidence, wider)), [
      ["send", "decided", []],
      ["approve", "pending", []],
      [settle.commandId, "pending", []],
    ]);
    assert.deepEqual(shape(storyOf(evidence, scope)), [["send", "decided", []]]);
  });

  it("says of a command that is parked for what reason, and of a commit at which stage", () => {
    const letter = { parkedAt: at(4), order: 1, attempts: 3, traceparent: "", message: {} };
    const lanes = lanesOf([
      {
        ...letter,
        id: credit.commandId,
        lane: "handling:account-b",
        stage: "handling",
        stream: "account-b",
        reason: "413",
      },
      {
        ...letter,
        id: "send-commit",
        lane: "projecting:account-a",
        stage: "projecting",
        stream: "account-a",
        message: { stream: "account-a", number: 1 },
        reason: "413",
      },
      {
        ...letter,
        id: "a-note",
        lane: "publishing:topic",
        stage: "publishing",
        stream: "topic",
        message: { commits: [{ stream: "account-a", number: 1 }] },
        reason: "503",
      },
      {
        ...letter,
        id: "another-note",
        lane: "publishing:account-a",
        stage: "publishing",
        stream: "account-a",
        message: { commits: [{ stream: "account-a", number: 2 }] },
        reason: "400",
      },
    ]);
    const commits = [commit(send, 2, [sent])];
    const [root] = storyOf({ commands: [credit], commits, lanes }, scope);
    assert.deepEqual(root?.parkedAt, ["projecting", "publishing"]);
    assert.deepEqual(root.children[0]?.end, { kind: "parked", reason: "413" });
  });

  it("does not run in circles", () => {
    const one = command("one", { causationId: "two", correlationId: "send" });
    const two = command("two", { causationId: "one", correlationId: "send" });
    const story = storyOf({ commands: [send, one, two], commits: [], lanes: [] }, scope);
    assert.deepEqual(shape(story), [["send", "pending", []]]);
  });
});

describe("A commit", () => {
  it("tells which of its events each command brought about, and their versions", () => {
    const outcome = { ...send, status: "accepted" } as const;
    const [first, none, last] = decidedIn({
      ...commit(send, 2),
      version: 10,
      events: [sent, { ...sent, type: "Second" }, { ...sent, type: "Third" }],
      outcomes: [
        { ...outcome, events: 1 },
        { ...outcome, status: "rejected", code: "insufficient_funds", events: 0 },
        { ...outcome, events: 2 },
      ],
    });
    assert.deepEqual([first?.firstVersion, first?.events.length], [8, 1]);
    assert.deepEqual([none?.firstVersion, none?.events.length], [9, 0]);
    assert.deepEqual(
      [last?.firstVersion, last?.events.map(({ type }) => type)],
      [9, ["Second", "Third"]],
    );
  });
});
