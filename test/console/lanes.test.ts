import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { CommandDocument, DeadLetterDocument } from "../../console/saldo/documents.ts";
import { lanesOf, parkedCommands } from "../../console/saldo/lanes.ts";

const marker = (stream: string, seconds: number, stage = "handling"): DeadLetterDocument => ({
  id: "lane",
  lane: `${stage}:${stream}`,
  stage,
  stream,
  parkedAt: new Date(seconds * 1_000).toISOString(),
});

const command = (stream: string, commandId: string): CommandDocument => ({
  ...{ commandId, stream, type: "LoadCredits", data: {}, actor: "somebody", traceparent: "" },
  ...{ acceptedAt: "2026-11-24T10:00:00.000Z", correlationId: commandId, causationId: commandId },
});

const letter = (of: DeadLetterDocument, id: string, order: number): DeadLetterDocument => ({
  ...of,
  id,
  order,
  message: command(of.stream, id),
  reason: "413",
  attempts: 3,
  traceparent: "",
});

const withoutMessage = ({ message: _, ...rest }: DeadLetterDocument): DeadLetterDocument => rest;

describe("The lanes of dead letters", () => {
  it("hold their letters in the order of replay, the oldest lane first", () => {
    const [young, old] = [marker("b", 9), marker("a", 1)];
    const lanes = lanesOf([
      letter(young, "y1", 1),
      young,
      letter(old, "o2", 2),
      letter(old, "o1", 1),
      old,
    ]);
    assert.deepEqual(
      lanes.map(({ lane, letters }) => [lane, letters.map(({ id }) => id)]),
      [
        ["handling:a", ["o1", "o2"]],
        ["handling:b", ["y1"]],
      ],
    );
  });

  it("are gone with their last letter, though the marker may still be there", () => {
    assert.deepEqual(lanesOf([marker("a", 1)]), []);
  });

  it("have the commands that wait to be handled, not the commits that wait to be projected", () => {
    const lanes = lanesOf([
      letter(marker("a", 1), "command", 1),
      letter(marker("a", 1, "projecting"), "commit", 1),
      letter(marker("b", 1), "other", 1),
      { ...letter(marker("a", 1), "damaged", 2), message: { commandId: "damaged" } },
      withoutMessage(letter(marker("a", 1), "too large", 3)),
    ]);
    assert.deepEqual(parkedCommands(lanes, "a"), [command("a", "command")]);
  });
});
